"""Where an ``inet`` service of master.cf listens, as ListenStream= wants it (systemd.socket(5)).

Name services may be unreachable when this runs, so host names are looked up in /etc/hosts alone.
"""

import ipaddress
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from postroom.config.ports import UnknownPort, port_number

_LOOPBACK = ("127.0.0.1", "::1")
_ANY = ("0.0.0.0", "::")  # noqa: S104  inet_interfaces = all says so
HOSTS = Path("/etc/hosts")


class UnknownAddress(Exception):
    """A name or number that cannot be an address or a port."""


def addresses(
    service: str,
    interfaces: Sequence[str],
    protocols: Sequence[str],
    known_ports: Collection[str],
    hosts: Path = HOSTS,
) -> tuple[str, ...]:
    """``smtp``, ``127.0.0.1:10025`` or ``[::1]:465`` on these interfaces, without duplicates.

    ``known_ports`` are the elements of known_tcp_ports.
    """
    host, port = split(service)
    try:
        number = port_number(port, known_ports)
    except UnknownPort as error:
        raise UnknownAddress(str(error)) from None
    found: list[str] = []
    for name in [host] if host else interfaces:
        found.extend(_resolve(name, hosts))
    allowed = [address for address in dict.fromkeys(found) if _version(address) in protocols]
    allowed = [address for address in allowed if not _covered(address, allowed)]
    if not allowed:
        raise UnknownAddress(f"{service}: inet_interfaces and inet_protocols leave no address")
    return tuple(f"[{one}]:{number}" if ":" in one else f"{one}:{number}" for one in allowed)


def excludes(one: str, other: str) -> bool:
    """Whether but one of two sockets can listen: both at one place, or one of them at all
    addresses."""
    (host, port), (its_host, its_port) = split(one), split(other)
    if port != its_port:
        return False
    return host == its_host or _covered(host, [its_host]) or _covered(its_host, [host])


def _covered(address: str, others: Collection[str]) -> bool:
    """Whether one of the others is every address of its family, and so this one too."""
    every = _ANY[_version(address) == "ipv6"]
    return address != every and every in others


def split(service: str) -> tuple[str, str]:
    """Host (or empty) and port of a service name (master(5))."""
    host, colon, port = service.rpartition(":")
    if not colon:
        return "", service
    return host.removeprefix("[").removesuffix("]"), port


def host_address(name: str, hosts: Path = HOSTS) -> str:
    """The first address of one host."""
    return next(iter(_resolve(name, hosts)))


def _resolve(name: str, hosts: Path) -> Iterable[str]:
    """All addresses of one element of inet_interfaces."""
    match name.lower():
        case "all":
            return _ANY
        case "loopback-only" | "localhost":
            return _LOOPBACK
    try:
        return (str(ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))),)
    except ValueError:
        pass
    found = tuple(_from_hosts(name.lower(), hosts))
    if not found:
        raise UnknownAddress(f"host {name!r} is neither an address nor in {hosts}")
    return found


def _from_hosts(name: str, hosts: Path) -> Iterable[str]:
    text = hosts.read_text("utf-8", "replace") if hosts.exists() else ""
    for line in text.splitlines():
        fields = line.partition("#")[0].lower().split()
        if name in fields[1:]:
            yield str(ipaddress.ip_address(fields[0]))


def _version(address: str) -> str:
    return "ipv6" if ":" in address else "ipv4"
