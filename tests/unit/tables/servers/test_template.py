"""%-substitutions, by the words of mysql_table(5)."""

import pytest

from postroom.tables import TableError
from postroom.tables.servers.template import Template


@pytest.mark.parametrize(
    ("text", "key", "query"),
    [
        ("= '%s'", "a@b.c", "= 'a@b.c'"),
        ("%u at %d", "a@b.c", "a at b.c"),
        ("%U at %D", "a@b.c", "a at b.c"),
        ("%u", "plain", "plain"),
        ("%d", "plain", None),
        ("%d", "a@", None),
        ("%u", "@b.c", None),
        ("%s", "", None),
        ("%1.%2.%3", "u@mail.example.com", "com.example.mail"),
        ("%4", "u@mail.example.com", None),
        ("%1", "plain", None),
        ("100%% %%s %s", "k", "100% %s k"),
        ("%%%s%%", "k", "%k%"),
        ("fixed", "k", "fixed"),
    ],
)
def test_a_query_is_filled_from_the_key_or_not_asked(
    text: str, key: str, query: str | None
) -> None:
    assert Template(text, "t").query(key, str) == query


@pytest.mark.parametrize(
    ("text", "value", "key", "result"),
    [
        ("%s", "v@w", "k@l", "v@w"),
        ("smtp:[%s]", "host", "k", "smtp:[host]"),
        ("%u+%d", "v@w", "k@l", "v+w"),
        ("%U+%D", "v@w", "k@l", "k+l"),
        ("%S %1", "v", "k@l.m", "k@l.m m"),
        ("%d", "plain", "k@l", None),
        ("%u", "@w", "k@l", None),
        ("%D", "v@w", "k", None),
        ("%s", "", "k", None),
    ],
)
def test_a_result_is_put_in_form_or_left_out(
    text: str, value: str, key: str, result: str | None
) -> None:
    assert Template(text, "t").result(value, key) == result


def test_every_part_is_quoted_and_nothing_else() -> None:
    template = Template("'%s' '%u' '%d'", "t")
    assert template.query("a'b@c'd", lambda text: text.replace("'", "''")) == (
        "'a''b@c''d' 'a''b' 'c''d'"
    )


@pytest.mark.parametrize("text", ["%x", "%0", "% s", "a%-b"])
def test_a_substitution_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(TableError, match="invalid %-substitution"):
        Template(text, "t")
