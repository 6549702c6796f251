"""check_…_{a,mx,ns}_access: search a table for the servers of a name, and for their addresses.

Whoever sets up domains by the hundred seldom has as many mail and name servers (postconf(5)).
What the name service cannot tell now is skipped with a warning: such a table may only refuse.
"""

from collections.abc import AsyncIterator, Callable

from postroom.contracts.dns import RecordType
from postroom.reception.smtpd.access.request import Request, Subject, domain_of
from postroom.reception.smtpd.access.tables import AccessTable
from postroom.reception.smtpd.lookups.names import Presence
from postroom.tables.network import parse_address

# There may be servers, but we do not know them.
_NOT_TOLD = frozenset({Presence.UNSURE, Presence.IGNORED})
# What a server is called, and what the table says about it.
Entries = Callable[[AccessTable, Request], AsyncIterator[tuple[str, str]]]
_Name = Callable[[Request], str]
_Servers = Callable[[Request, str], AsyncIterator[str]]


def _entries(name_of: _Name, servers: _Servers, *, by_name: bool) -> Entries:
    """Each server by its name (``by_name``), then by each of its addresses."""

    async def found(table: AccessTable, request: Request) -> AsyncIterator[tuple[str, str]]:
        async for server in servers(request, name_of(request).removesuffix(".")):
            if by_name and (value := await table.domain(request, server)) is not None:
                yield server, value
            for address in await _addresses(request, server):
                if (value := await table.address(request, address)) is not None:
                    yield f"{server}[{address}]", value

    return found


async def _itself(_: Request, name: str) -> AsyncIterator[str]:
    if name:
        yield name


async def _exchangers(request: Request, name: str) -> AsyncIterator[str]:
    """RFC 5321 section 5.1: without an MX record, a host is its own."""
    if not name or name.startswith("["):
        async for server in _itself(request, name):
            yield server
        return
    found = await request.resources.names.records(name, RecordType.MX)
    if found in _NOT_TOLD:
        _unable(request, "MX", name)
    for server in found if isinstance(found, tuple) else (name,):
        if server:
            yield server


async def _name_servers(request: Request, name: str) -> AsyncIterator[str]:
    """Those of the closest domain that has some; a top-level domain's say nothing of a name."""
    while "." in name and not name.startswith("["):
        found = await request.resources.names.records(name, RecordType.NS)
        if isinstance(found, tuple):
            for server in found:
                yield server
            return
        if found in _NOT_TOLD:
            _unable(request, "NS", name)
            return
        name = name.partition(".")[2]


async def _addresses(request: Request, server: str) -> list[str]:
    """IPv4 and IPv6 addresses of a name; a literal is its own."""
    literal = server.strip("[]").removeprefix("IPv6:")
    if parse_address(literal):
        return [literal]
    addresses, missing = await request.resources.names.addresses(server)
    if not _NOT_TOLD.isdisjoint(missing):
        _unable(request, "address", server)
    return addresses


def _unable(request: Request, what: str, name: str) -> None:
    request.resources.log.warning(f"Unable to look up {what} record of {name}, which is not judged")


def _client(request: Request) -> str:
    return _known(request.client.name)


def _reverse_client(request: Request) -> str:
    return _known(request.session.reverse_name)


def _known(name: str) -> str:
    return "" if name == "unknown" else name


def _helo(request: Request) -> str:
    return request.helo


def _sender(request: Request) -> str:
    return domain_of(request.sender or "")


def _recipient(request: Request) -> str:
    return domain_of(request.recipient or "")


_NAMES: dict[str, tuple[Subject, _Name]] = {
    "client": (Subject.CLIENT, _client),
    "reverse_client_hostname": (Subject.CLIENT, _reverse_client),
    "helo": (Subject.HELO, _helo),
    "sender": (Subject.SENDER, _sender),
    "recipient": (Subject.RECIPIENT, _recipient),
}
_SERVERS: dict[str, _Servers] = {"a": _itself, "mx": _exchangers, "ns": _name_servers}

SEARCHES: dict[str, tuple[Subject, Entries]] = {
    f"check_{whose}_{record}_access": (subject, _entries(name, servers, by_name=record != "a"))
    for whose, (subject, name) in _NAMES.items()
    for record, servers in _SERVERS.items()
}
