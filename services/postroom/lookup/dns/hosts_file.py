"""hosts(5): names of this machine and its neighbours that need no name server."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple

# RFC 6761 section 6.3: these names never go out to a server.
LOCALHOST = ("127.0.0.1", "::1")


class Hosts(NamedTuple):
    """Addresses by name (lower case), and the first name of each address."""

    addresses: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]


def parse_hosts(text: str) -> Hosts:
    """Lines that make no sense are ignored."""
    addresses: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for line in text.splitlines():
        address, *aliases = line.split("#", 1)[0].lower().split() or [""]
        canonical = _canonical(address)
        if not canonical or not aliases:
            continue
        names.setdefault(canonical, aliases[0])
        for alias in aliases:
            known = addresses.get(alias, ())
            if canonical not in known:
                addresses[alias] = (*known, canonical)
    return Hosts(addresses, names)


def _canonical(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
