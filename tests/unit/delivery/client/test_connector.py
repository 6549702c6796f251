"""Mail leaves from the address that main.cf names, if there is such an address."""

import asyncio
from typing import Any

import pytest

from postroom.delivery.client.connector import ConnectFailed, Connector
from postroom.delivery.client.host import Host
from unit.delivery.client.field import rules


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
            connection = await Connector(rules(**changes)).connect(host)
            async with asyncio.timeout(5):
                while not seen:
                    await asyncio.sleep(0.01)
            connection.abort()
        finally:
            server.close()

    asyncio.run(run())
    return seen[0]


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
