"""Mail leaves from the address that main.cf names, if there is such an address."""

import asyncio
import socket
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.delivery.client.connector import ConnectFailed, Connector
from postroom.delivery.client.host import Host
from postroom.maillog.smtp import SmtpLog
from postroom.tables.table import BrokenTable, Table
from unit.delivery.client.field import rules
from unit.delivery.client.scripted_peer import Peer

_BUFFERS = (socket.SO_RCVBUF, socket.SO_SNDBUF)


class Addresses(Table):
    """Keywords by the address of a server."""

    def __init__(self, entries: dict[str, str]) -> None:
        super().__init__("addresses")
        self._entries = entries

    def lookup(self, key: str) -> str | None:
        return self._entries.get(key)


def source_of(address: str, **changes: Any) -> str:
    """From where a server at ``address`` sees us come."""
    seen: list[str] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername")[0])
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, address)
        port = server.sockets[0].getsockname()[1]
        try:
            host = Host("mx.example", address, port)
            connection = await Connector(rules(**changes), SmtpLog(MemoryJournal())).connect(
                host, 0.0
            )
            async with asyncio.timeout(5):
                while not seen:
                    await asyncio.sleep(0.01)
            connection.abort()
        finally:
            server.close()

    asyncio.run(run())
    return seen[0]


def test_a_connection_has_the_buffers_of_main_cf(monkeypatch: pytest.MonkeyPatch) -> None:
    """tcp_windowsize; the kernel keeps as much again for itself (socket(7))."""
    sizes: list[int] = []

    class Measured(socket.socket):
        def close(self) -> None:
            if self.family == socket.AF_INET:
                sizes.extend(self.getsockopt(socket.SOL_SOCKET, one) for one in _BUFFERS)
            super().close()

    monkeypatch.setattr("postroom.delivery.client.connector.socket.socket", Measured)
    host = Host("mx.example", "127.0.0.1", 1)
    connector = Connector(rules(tcp_windowsize=8192), SmtpLog(MemoryJournal()))
    with pytest.raises(ConnectFailed):
        asyncio.run(connector.connect(host, 0.0))
    assert sizes == [2 * 8192, 2 * 8192]


def test_the_source_address_is_that_of_the_protocol() -> None:
    """smtp_bind_address and smtp_bind_address6."""
    both = {"bind_address": "127.0.0.9", "bind_address6": "[::1]"}
    assert source_of("127.0.0.1", **both) == "127.0.0.9"
    assert source_of("127.0.0.1", bind_address6="2001:db8::1") == "127.0.0.1"
    assert source_of("::1", **both) == "::1"


@pytest.mark.parametrize(
    ("address", "source"),
    [("127.0.0.1", {"bind_address": "192.0.2.1"}), ("::1", {"bind_address6": "2001:db8::1"})],
)
def test_an_address_that_is_not_ours_is_left_out_or_no_mail_is_sent(
    address: str, source: dict[str, str]
) -> None:
    """smtp_bind_address_enforce."""
    assert source_of(address, **source) == address
    with pytest.raises(ConnectFailed, match="Cannot assign requested address"):
        source_of(address, **source, bind_address_enforce=True)


def heard(*tables: Table) -> tuple[bool, bool]:
    """Whether a server at 127.0.0.1 is heard to offer DSN and 8BITMIME."""

    async def run() -> tuple[bool, bool]:
        peer = Peer(extensions=("DSN", "8BITMIME"))
        await peer.start()
        named = {table.name: table for table in tables}
        wanted = rules(
            discard_ehlo_keywords=("dsn",), discard_ehlo_keyword_address_maps=tuple(named)
        )
        connector = Connector(wanted, SmtpLog(MemoryJournal()), lambda name: named[name])
        host = Host("mx.example", "127.0.0.1", peer.port)
        try:
            connection = await connector.connect(host, 0.0)
            offered = await connection.handshake()
            connection.abort()
        finally:
            await peer.stop()
        return offered.dsn, offered.eight_bit_mime

    return asyncio.run(run())


def test_what_is_not_used_of_a_server_s_offer_can_depend_on_its_address() -> None:
    """smtp_discard_ehlo_keyword_address_maps; an entry takes the place of the keywords for all."""
    assert heard() == (False, True)
    assert heard(Addresses({"127.0.0.1": "8bitmime, chunking"})) == (True, False)
    assert heard(Addresses({"192.0.2.1": "8bitmime"})) == (False, True)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (BrokenTable("hash:/x", "is away"), "is away"),
        (Addresses({"127.0.0.1": ""}), "returns an empty string result"),
    ],
)
def test_while_such_a_table_is_away_or_says_nothing_there_is_no_connection(
    table: Table, reason: str
) -> None:
    with pytest.raises(ConnectFailed, match=reason):
        heard(table)
