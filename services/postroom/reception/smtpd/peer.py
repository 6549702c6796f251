"""Addresses of a connection's two ends, an IPv4 address always as such."""

import asyncio
from typing import Any

from postroom.mail.envelope import Client

_MAPPED = "::ffff:"


def remote_client(name: Any, *, port_shown: bool = False, hidden: bool = False) -> Client:
    """The client by getpeername(2); a client that is gone already has no address."""
    if not isinstance(name, tuple):
        return Client(port_shown=port_shown, hidden=hidden)
    address = plain_address(name[0])
    return Client(address=address, port=name[1], port_shown=port_shown, hidden=hidden)


def local_address(transport: asyncio.BaseTransport) -> str:
    """Our own end's address; empty if the connection is gone already."""
    name = transport.get_extra_info("sockname")
    return plain_address(name[0]) if isinstance(name, tuple) else ""


def local_port(transport: asyncio.BaseTransport) -> int:
    """Our own end's port; 0 if the connection is gone already."""
    name = transport.get_extra_info("sockname")
    return int(name[1]) if isinstance(name, tuple) else 0


def plain_address(address: str) -> str:
    """An IPv4 address as IPv4, whichever socket it came in by; no zone of a link."""
    if address.lower().startswith(_MAPPED) and "." in address:
        return address[len(_MAPPED) :]
    return address.partition("%")[0]
