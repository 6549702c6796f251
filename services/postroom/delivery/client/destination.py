"""Where a nexthop points: ``domain``, ``[host]:port``, ``inet:host:port``, ``unix:path``."""

import ipaddress
import re
import socket
from collections.abc import Collection
from typing import NamedTuple

# postconf(5), known_tcp_ports: what needs no look into services(5).
_KNOWN_PORTS = {"smtp": 25, "lmtp": 24, "smtps": 465, "submissions": 465, "submission": 587}
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
    nexthop: str, *, lmtp: bool, port: str, services: Collection[str] = ()
) -> tuple[Destination, ...]:
    """One or more destinations, separated by comma or space, in the order to try them.

    ``port`` is used where the text names none; ``services`` are those that are looked up (main.cf:
    use_srv_lookup). Raises BadDestination.
    """
    words = [word for word in _SEPARATORS.split(nexthop) if word]
    if not words:
        raise BadDestination("empty destination")
    return tuple(_destination(word, lmtp, port, services) for word in words)


def is_address(host: str) -> bool:
    """Whether a host is given as a numeric address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _destination(
    word: str, lmtp: bool, default_port: str, services: Collection[str]
) -> Destination:
    if lmtp and word.startswith("unix:"):
        path = word.removeprefix("unix:")
        return Destination("", path=path, text=path)
    text = word.removeprefix("inet:") if lmtp else word
    found = _BRACKETED.match(text) or _PLAIN.match(text)
    if found is None or not found[1]:
        raise BadDestination(f"malformed host or port: {word}")
    host = found[1].removeprefix("ipv6:").removeprefix("IPv6:").rstrip(".").lower()
    port = _port(found[2] or default_port, word)
    literal = text.startswith("[") or is_address(host)
    searched = not literal and not lmtp
    named = found[2] or default_port
    service = named if searched and named in services else ""
    return Destination(host, port, mail_exchangers=searched, text=text, service=service)


def _port(text: str, word: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536:
        return int(text)
    if text in _KNOWN_PORTS:
        return _KNOWN_PORTS[text]
    try:
        return socket.getservbyname(text, "tcp")
    except (OSError, UnicodeError):
        raise BadDestination(f"unknown port in destination: {word}") from None
