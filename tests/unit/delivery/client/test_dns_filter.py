"""smtp_dns_reply_filter, and what a host is called that is an alias."""

import asyncio
from typing import Any

import pytest

from postroom.contracts.dns import Answer, Record
from postroom.delivery.client.destination import parse_destinations
from postroom.delivery.client.name_service import NoRoute
from unit.delivery.client.field import Field, rules

ZONE = {
    ("y.example", "MX"): Answer((Record("mx1.example", 10), Record("mx2.example", 20)), 300),
    ("mx1.example", "A"): Answer((Record("192.0.2.1"), Record("192.0.2.11")), 60),
    ("mx2.example", "A"): Answer((Record("192.0.2.2"),), 60, canonical="host.example"),
    ("mx2.example", "AAAA"): Answer((Record("2001:db8::2"),), 60, canonical="host.example"),
    ("safe.example", "A"): Answer((Record("192.0.2.3"),), 60, secure=True, canonical="h.example"),
}


def found(
    nexthop: str = "y.example", table: str = "", **changes: Any
) -> tuple[list[str], list[str]]:
    """The hosts and the log; raises NoRoute."""
    tables = (f"pcre:{{{{{table}}}}}",) if table else ()
    field = None
    settings = rules(
        dns_reply_filter=tables, inet_protocols=("all",), randomize_addresses=False, **changes
    )

    async def run() -> tuple[list[str], list[str]]:
        nonlocal field
        field = Field(settings, ZONE)
        (destination,) = parse_destinations(nexthop, lmtp=False, port="25")
        route = await field.ways.router.find(destination)
        return [host.shown for host in route.hosts], field.journal.lines

    return asyncio.run(run())


ONE, OTHER = "mx1.example[192.0.2.1]", "mx1.example[192.0.2.11]"
TWO, SIX = "mx2.example[192.0.2.2]", "mx2.example[2001:db8::2]"


@pytest.mark.parametrize(
    ("table", "hosts"),
    [
        ("", [ONE, OTHER, TWO, SIX]),
        ("/ AAAA /i ignore", [ONE, OTHER, TWO]),
        (r"/^y\.example\. 300 IN MX 20 mx2\.example\.$/ IGNORE", [ONE, OTHER]),
        (r"/^mx1\.example\. 60 IN A 192\.0\.2\.1$/ IGNORE", [OTHER, TWO, SIX]),
        (r"/^host\.example\. \S+ IN AAAA / Ignore", [ONE, OTHER, TWO]),
        (r"/^mx1\./ IGNORE", [TWO, SIX]),
    ],
)
def test_records_that_a_table_says_to_ignore_are_not_there(table: str, hosts: list[str]) -> None:
    assert found(table=table)[0] == hosts


@pytest.mark.parametrize(
    ("nexthop", "table", "code", "text"),
    [
        ("y.example", "/ MX / IGNORE", "4.7.0", "name=y.example type=MX: DNS reply filter drops"),
        ("[mx1.example]", "/ A / IGNORE", "4.7.0", "name=mx1.example type=A: DNS reply filter dr"),
        ("y.example", "/ MX / DUNNO", "4.4.3", "name=y.example type=MX: Invalid DNS reply filter"),
    ],
)
def test_where_nothing_is_left_mail_waits(nexthop: str, table: str, code: str, text: str) -> None:
    with pytest.raises(NoRoute) as raised:
        found(nexthop, table)
    assert raised.value.code == code
    assert raised.value.text.startswith(f"Error looking up {text}")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "mx2.example"),
        ({"cname_overrides_servername": True}, "host.example"),
        ({"dns_support_level": "dnssec"}, "mx2.example"),
    ],
)
def test_an_alias_is_not_believed(changes: dict[str, Any], name: str) -> None:
    """smtp_cname_overrides_servername"""
    shown, _ = found("[mx2.example]", **changes)
    assert set(shown) == {f"{name}[192.0.2.2]", f"{name}[2001:db8::2]"}


@pytest.mark.parametrize(("level", "name"), [("", "safe.example"), ("dnssec", "h.example")])
def test_an_alias_for_which_dnssec_vouches_is_believed(level: str, name: str) -> None:
    assert found("[safe.example]", dns_support_level=level)[0] == [f"{name}[192.0.2.3]"]
