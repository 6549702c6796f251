"""Lists of domains, names and networks: mydestination, relay_domains, mynetworks."""

import asyncio
from pathlib import Path

import pytest

from postroom.tables import TableError
from postroom.tables.match_list import DomainList, NetworkList, StringList


def test_names_are_compared_whole_and_without_case() -> None:
    names = StringList(("Example.COM", "inline:{other.example=x}"))
    assert names.match("example.com")
    assert names.match("OTHER.example")
    assert not names.match("sub.example.com")
    assert not StringList(()).match("example.com")


def test_the_first_match_decides_and_an_exclamation_mark_decides_for_no() -> None:
    names = DomainList(("!not.example.com", ".example.com"), parents=False)
    assert names.match("a.example.com")
    assert not names.match("not.example.com")
    assert not names.match("example.com")


def test_parents_match_subdomains_only_where_main_cf_says_so() -> None:
    assert DomainList(("example.com",), parents=True).match("a.b.example.com")
    assert not DomainList(("example.com",), parents=False).match("a.example.com")
    assert not DomainList(("example.com",), parents=True).match("notexample.com")


def test_tables_are_asked_for_parents_in_the_same_way() -> None:
    dotted = ("inline:{.example.com=x}",)
    plain = ("inline:{example.com=x}",)
    assert DomainList(dotted, parents=False).match("a.b.example.com")
    assert not DomainList(dotted, parents=True).match("a.example.com")
    assert DomainList(plain, parents=True).match("a.b.example.com")
    assert not DomainList(plain, parents=False).match("a.example.com")


def test_patterns_see_the_whole_name_only() -> None:
    assert not DomainList(("regexp:{{/^example/ x}}",), parents=True).match("a.example.com")


def test_networks_match_addresses_and_names_match_names() -> None:
    hosts = NetworkList(
        ("!10.9.9.9", "10.0.0.0/8", "[2001:db8::]/32", "::1", "[::2]", ".example.com"),
        parents=False,
    )
    assert hosts.match("unknown", "10.1.1.1")
    assert not hosts.match("unknown", "10.9.9.9")
    assert hosts.match("unknown", "2001:db8:1::1")
    assert hosts.match("unknown", "::1")
    assert hosts.match("unknown", "::2")
    assert hosts.match("mail.example.com", "192.0.2.1")
    assert not hosts.match("unknown", "192.0.2.1")


def test_a_table_among_networks_is_asked_for_the_address() -> None:
    hosts = NetworkList(("cidr:{{192.0.2.0/24 yes}}",), parents=True)
    assert hosts.match("", "192.0.2.7")
    assert not hosts.match("", "192.0.3.7")


@pytest.mark.parametrize("network", ["10.0.0.1/8", "10.0.0/8", "10.0.0.0/99", "[::1"])
def test_a_malformed_network_is_an_error_not_a_no(network: str) -> None:
    with pytest.raises(TableError):
        NetworkList((network,), parents=True).match("unknown", "192.0.2.1")


def test_a_file_stands_for_the_patterns_in_it(tmp_path: Path) -> None:
    path = tmp_path / "domains"
    path.write_text("# ours\nexample.com, example.org\n!bad.example\n")
    names = StringList((str(path), "static:all"))
    assert names.match("example.org")
    assert names.match("else.example")
    assert not names.match("bad.example")
    assert not StringList((f"!{path}", "static:all")).match("example.com")
    path.write_text("example.net\n")
    assert StringList((str(path),)).match("example.net")


def test_a_file_that_names_itself_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.write_text(f"{path}\n")
    with pytest.raises(TableError, match="deep"):
        StringList((str(path),)).match("x")


def test_a_missing_file_or_table_is_an_error() -> None:
    for entry in ("/no/such/file", "hash:/no/such/table", "nosuch:x", "fail:x"):
        with pytest.raises(TableError):
            StringList((entry,)).match("x")


def test_lookups_can_be_left_to_somebody_else() -> None:
    asked: list[tuple[str, str]] = []

    async def ask(table: str, key: str) -> str | None:
        asked.append((table, key))
        return "x" if key == ".example.com" else None

    names = DomainList(("here.example", "hash:/not/on/this/host"), parents=False)
    assert asyncio.run(names.match_with("a.example.com", ask))
    assert asked == [
        ("hash:/not/on/this/host", "a.example.com"),
        ("hash:/not/on/this/host", ".example.com"),
    ]
