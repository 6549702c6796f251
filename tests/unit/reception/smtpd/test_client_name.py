"""A client's name is what reverse DNS says, if that name leads back to the address."""

import asyncio
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom.ipc.client import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.client_name import ClientName, ClientNames
from postroom.reception.smtpd.lookups.names import Names
from postroom.reception.smtpd.peer import plain_address, remote_client
from postroom.tables.filtered_names import DnsReplyFilter, FilteredNames
from postroom.tables.table import Table
from unit.reception.smtpd.world import World, peers_in

NAMES = {
    ("192.0.2.1", "PTR"): ("good.example",),
    ("good.example", "A"): ("192.0.2.9", "192.0.2.1"),
    ("192.0.2.2", "PTR"): ("liar.example",),
    ("liar.example", "A"): ("192.0.2.9",),
    ("192.0.2.3", "PTR"): ("unsure.example",),
    ("2001:db8::1", "PTR"): ("six.example",),
    ("six.example", "AAAA"): ("2001:0db8:0:0::1",),
}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("127.0.0.1", ClientName("localhost", "localhost")),
        ("::1", ClientName("localhost", "localhost")),
        ("127.0.0.2", ClientName()),
        ("192.0.2.1", ClientName("good.example", "good.example")),
        ("2001:db8::1", ClientName("six.example", "six.example")),
        ("192.0.2.2", ClientName("unknown", "liar.example")),
        ("192.0.2.3", ClientName("unknown", "unsure.example", unsure=True)),
        ("192.0.2.4", ClientName()),
    ],
)
def test_a_name_is_believed_if_it_leads_back_to_the_address_and_is_asked_for_once(
    tmp_path: Path, address: str, name: ClientName
) -> None:
    journal = MemoryJournal()

    async def story() -> None:
        world = World()
        world.names = NAMES
        with peers_in(tmp_path, world) as peers:
            asking = Names(filtered(peers.dns, NotAsked("hash:/x")))
            names = ClientNames(asking, SmtpdLog(journal), enabled=True)
            assert await names.of(address) == name
            asked = len(world.asked)
            assert await names.of(address) == name
            assert len(world.asked) == asked or name.unsure

    asyncio.run(story())
    false = name.name == "unknown" and name.reverse != "unknown"
    assert bool(journal.lines) == false


class NotAsked(Table):
    """smtpd_dns_reply_filter is for restrictions."""

    def lookup(self, key: str) -> str | None:
        raise AssertionError(key)


def filtered(dns: Client, *tables: Table) -> FilteredNames:
    return FilteredNames(dns, DnsReplyFilter("x", tables, print), print)


def test_names_are_not_looked_up_where_nobody_wants_them(tmp_path: Path) -> None:
    async def story() -> None:
        world = World()
        with peers_in(tmp_path, world) as peers:
            asking = Names(filtered(peers.dns))
            names = ClientNames(asking, SmtpdLog(MemoryJournal()), enabled=False)
            assert await names.of("192.0.2.1") == ClientName()
            assert world.asked == []

    asyncio.run(story())


def test_a_mapped_ipv4_address_is_an_ipv4_address() -> None:
    assert plain_address("::ffff:192.0.2.1") == "192.0.2.1"
    assert plain_address("fe80::1%eth0") == "fe80::1"
    assert remote_client(("::ffff:192.0.2.1", 25, 0, 0)).address == "192.0.2.1"
    assert remote_client(None).address == "unknown"
