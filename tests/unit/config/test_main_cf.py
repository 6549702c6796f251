"""main.cf is read the way Postfix reads it."""

from pathlib import Path

import pytest

from postroom.config.main_cf import load_main_cf, parse
from postroom.config.problem import ConfigError

PATH = Path("/etc/postroom/main.cf")


def values(text: str) -> dict[str, str]:
    return {one.name: one.value for one in parse(text, PATH).assignments.values()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b", {"a": "b"}),
        ("a=b", {"a": "b"}),
        ("a   =\t b \t\n", {"a": "b"}),
        ("a =", {"a": ""}),
        ("a = b = c", {"a": "b = c"}),
        ("a = b  c", {"a": "b  c"}),
        ("a = b # no comment", {"a": "b # no comment"}),
        ("foo-bar = x", {"foo-bar": "x"}),
        ("# a = b\n\n  # c\n", {}),
        ("", {}),
        ("a = b\r\nc = d\r\n", {"a": "b", "c": "d"}),
    ],
)
def test_an_assignment_is_a_name_and_a_value_without_outer_blanks(
    text: str, expected: dict[str, str]
) -> None:
    assert values(text) == expected


def test_a_line_that_starts_with_a_blank_continues_the_one_before() -> None:
    assert values("a = b\n   c\n\td\ne = f") == {"a": "b   c\td", "e": "f"}


def test_comments_and_empty_lines_do_not_end_a_continuation() -> None:
    assert values("a = b\n# x\n  # y\n\n  c\n") == {"a": "b  c"}


def test_the_last_of_several_assignments_counts_and_the_others_are_warned_about() -> None:
    main = parse("a = 1\nb = 2\na = 3\n", PATH)
    assert main.assignments["a"].value == "3"
    assert [(one.line, one.text) for one in main.problems] == [(3, "overriding earlier entry: a=1")]


def test_a_continuation_of_nothing_is_ignored_with_a_warning() -> None:
    main = parse("  a = b\nc = d\n", PATH)
    assert list(main.assignments) == ["c"]
    assert main.problems[0].text == 'logical line must not start with whitespace: "  a = b"'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("foo\n", 1, "missing '=' after attribute name: \"foo\""),
        ("a = b\n\nfoo bar = x\n", 3, "missing '=' after attribute name: \"foo bar = x\""),
        ("= x\n", 1, 'missing attribute name: "= x"'),
        ("a = b\n  c\nd\n  e\n", 3, "missing '=' after attribute name: \"d  e\""),
    ],
)
def test_what_is_no_assignment_is_an_error_at_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, PATH)
    assert (caught.value.line, caught.value.text) == (line, reason)
    assert str(caught.value) == f"{PATH}, line {line}: {reason}"


def test_a_file_that_cannot_be_read_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory"):
        load_main_cf(tmp_path / "main.cf")


def test_a_nul_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "main.cf"
    path.write_bytes(b"a = b\nc = \0\n")
    with pytest.raises(ConfigError) as caught:
        load_main_cf(path)
    assert caught.value.line == 2


def test_bytes_that_are_no_utf_8_survive(tmp_path: Path) -> None:
    path = tmp_path / "main.cf"
    path.write_bytes(b"a = caf\xe9\n")
    value = load_main_cf(path).assignments["a"].value
    assert value.encode("utf-8", "surrogateescape") == b"caf\xe9"
