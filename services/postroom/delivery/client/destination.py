"""Where a nexthop points: ``domain``, ``[host]:port``, ``inet:host:port``, ``unix:path``."""

import ipaddress
import re
from collections.abc import Collection
from typing import NamedTuple

from postroom.config.ports import UnknownPort, port_number

_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::(.+))?\Z")
_PLAIN = re.compile(r"([^\[\]:]+)(?::(.+))?\Z")
_SEPARATORS = re.compile(r"[\s,]+")


class BadDestination(ValueError):
    """The nexthop cannot be understood; the message says which."""


class Destination(NamedTuple):
    """One place to deliver to. ``path`` is set for a UNIX-domain socket, ``host`` else.

    ``mail_exchangers`` asks for the host's MX records; a host in brackets is meant literally.
    ``text`` is how it was written: what policies and passwords are found by. ``service`` is whose
    SRV records are to be asked for, if any are.
    """

    host: str
    port: int = 0
    mail_exchangers: bool = False
    path: str = ""
    text: str = ""
    service: str = ""


def parse_destinations(
    nexthop: str,
    *,
    lmtp: bool,
    port: str,
    known_ports: Collection[str] = (),
    services: Collection[str] = (),
) -> tuple[Destination, ...]:
    """One or more destinations, separated by comma or space, in the order to try them.

    ``port`` is used where the text names none, by a name that ``known_ports`` may have (main.cf:
    known_tcp_ports); ``services`` are those that are looked up (main.cf: use_srv_lookup).
    Raises BadDestination.
    """
    words = [word for word in _SEPARATORS.split(nexthop) if word]
    if not words:
        raise BadDestination("empty destination")
    return tuple(_destination(word, lmtp, port, known_ports, services) for word in words)


def is_address(host: str) -> bool:
    """Whether a host is given as a numeric address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _destination(
    word: str,
    lmtp: bool,
    default_port: str,
    known_ports: Collection[str],
    services: Collection[str],
) -> Destination:
    if lmtp and word.startswith("unix:"):
        path = word.removeprefix("unix:")
        return Destination("", path=path, text=path)
    text = word.removeprefix("inet:") if lmtp else word
    found = _BRACKETED.match(text) or _PLAIN.match(text)
    if found is None or not found[1]:
        raise BadDestination(f"malformed host or port: {word}")
    host = found[1].removeprefix("ipv6:").removeprefix("IPv6:").rstrip(".").lower()
    named = found[2] or default_port
    try:
        port = port_number(named, known_ports)
    except UnknownPort:
        raise BadDestination(f"unknown port in destination: {word}") from None
    literal = text.startswith("[") or is_address(host)
    searched = not literal and not lmtp
    service = named if searched and named in services else ""
    return Destination(host, port, mail_exchangers=searched, text=text, service=service)
