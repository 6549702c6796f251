"""Each kind of value accepts what Postfix accepts and says what is wrong with the rest."""

import re
from pathlib import Path

import pytest

from postroom.config import kinds
from postroom.config.kinds import Kind, Value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.YesNo(), "yes", True),
        (kinds.YesNo(), "No", False),
        (kinds.Time("s"), "90", 90.0),
        (kinds.Time("d"), "5", 432000.0),
        (kinds.Time("d"), "5s", 5.0),
        (kinds.Time("h"), "2w", 1209600.0),
        (kinds.Time("s"), "+90", 90.0),
        (kinds.Time("h"), "30sec", 30.0),
        (kinds.Time("h"), "1second", 1.0),
        (kinds.Time("s"), "5mins", 300.0),
        (kinds.Time("s"), "2hrs", 7200.0),
        (kinds.Time("h"), "5days", 432000.0),
        (kinds.Time("s"), "1week", 604800.0),
        (kinds.Number(), "42", 42),
        (kinds.Number(-1), "-1", -1),
        (kinds.Number(), "+1", 1),
        (kinds.Text(), "", ""),
        (kinds.Choice("", "may"), "", ""),
        (kinds.Choice("may", "none"), "May", "may"),
        (kinds.Words(), "a,b c , d", ("a", "b", "c", "d")),
        (kinds.Words(), "", ()),
        (kinds.Words(), "a, { b, c } d", ("a", "{ b, c }", "d")),
        (kinds.Words("ipv4", "ipv6"), "ipv4", ("ipv4",)),
        (
            kinds.Tables(),
            "hash:/a, proxy:unix:passwd.byname inline:{ a=b, c=d }",
            ("hash:/a", "proxy:unix:passwd.byname", "inline:{ a=b, c=d }"),
        ),
        (kinds.Restrictions(), "check_x hash:/a, reject", ("check_x", "hash:/a", "reject")),
        (kinds.NameOrFile(), "example.com", "example.com"),
        (kinds.HostName(), "1-2", "1-2"),
        (kinds.HostName(), "mail_1.example.com", "mail_1.example.com"),
    ],
)
def test_a_text_stands_for_a_value(kind: Kind, text: str, value: Value) -> None:
    assert kind.value(text) == value
    assert type(kind.value(text)) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (kinds.YesNo(), "true", 'wants yes or no, not "true"'),
        (kinds.YesNo(), "", 'wants yes or no, not ""'),
        (kinds.Time("s"), "5 m", "wants a time"),
        (kinds.Time("s"), "-5", "wants a time"),
        (kinds.Time("s"), "5y", "wants a time"),
        (kinds.Time("s"), "5months", "wants a time"),
        (kinds.Time("s"), "1h30m", "wants a time"),
        (kinds.Time("m", 1), "0", "must be at least 1s"),
        (kinds.Time("s"), str(2**31), "must be at most 2147483647s"),
        (kinds.Time("m"), "35791395", "must be at most 2147483647s"),
        (kinds.Number(), "1e3", 'wants a number, not "1e3"'),
        (kinds.Number(), "", 'wants a number, not ""'),
        (kinds.Number(0, 5), "6", "6 is not between 0 and 5"),
        (kinds.Number(), str(2**31), "is not between"),
        (kinds.Text(needed=True), "", "must not be empty"),
        (kinds.Choice("may", "none"), "mya", 'wants one of may, none, not "mya"'),
        (kinds.Words("ipv4", "ipv6"), "ipv5", '"ipv5" is none of ipv4, ipv6'),
        (kinds.Words(), "a, { b", "missing '}'"),
        (kinds.Tables(), "/etc/aliases", '"/etc/aliases" is no table'),
        (kinds.NameOrFile(), "/no/such/file", "cannot read /no/such/file"),
        (kinds.NameOrFile(), "/dev/null", 'wants one name, not ""'),
        (kinds.NameOrFile(), "", 'wants one name, not ""'),
        (kinds.NameOrFile(), "example.com, example.org", "wants one name"),
        (kinds.HostName(), "192.0.2.1", '"192.0.2.1" is no host name'),
        (kinds.HostName(), "grün.example", '"grün.example" is no host name'),
    ],
)
def test_anything_else_is_refused_with_the_reason(kind: Kind, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        kind.value(text)


def test_files_in_lists_are_replaced_with_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"# comment\none, two\n{tmp_path}/b\n")
    (tmp_path / "b").write_text("!three\nhash:/x\n")
    assert kinds.Patterns().value(f"zero {tmp_path}/a !{tmp_path}/b last") == (
        *("zero", "one", "two", "!three", "hash:/x", "three", "!hash:/x", "last"),
    )


def test_networks_and_tables_are_no_files() -> None:
    words = ("10.0.0.0/8", "[::1]/128", "cidr:/etc/postroom/networks")
    assert kinds.Patterns().value(" ".join(words)) == words


def test_files_that_name_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{tmp_path}/a\n")
    with pytest.raises(ValueError, match="too many files"):
        kinds.Patterns().value(f"{tmp_path}/a")


def test_a_missing_file_in_a_list_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot read /no/such: No such file"):
        kinds.Patterns().value("a /no/such")


def test_a_name_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "mailname").write_text("example.org\nrest\n")
    assert kinds.NameOrFile().value(f"{tmp_path}/mailname") == "example.org"
