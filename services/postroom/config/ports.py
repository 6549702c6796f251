"""Numbers of TCP ports by their names: known_tcp_ports (postconf(5)), then services(5)."""

import socket
from collections.abc import Collection

LAST = 65_535


class UnknownPort(ValueError):
    """No port has the name; the message says which."""


def known_ports(text: str) -> tuple[str, ...]:
    """``a=b=1, c=2`` as ``a=1``, ``b=1``, ``c=2``; raises ValueError."""
    entries = [entry.split("=") for entry in text.split(",") if entry.strip()]
    return tuple(f"{name}={number}" for entry in entries for name, number in _named(entry))


def _named(entry: list[str]) -> list[tuple[str, int]]:
    *names, number = (part.strip() for part in entry)
    written = "=".join(entry).strip()
    if not names or not all(len(name.split()) == 1 for name in names):
        raise ValueError(f'"{written}" does not have the form name=number')
    if any(map(_is_number, names)):
        raise ValueError(f'"{written}" names a port by a number')
    try:
        return [(name, _in_range(number)) for name in names]
    except UnknownPort as error:
        raise ValueError(f"{error}, in {written}") from None


def port_number(text: str, known: Collection[str]) -> int:
    """A port by number or by name; ``known`` as by ``known_ports``. Raises UnknownPort."""
    if not _is_number(text):
        text = dict(one.split("=") for one in known).get(text) or _of_services(text)
    return _in_range(text)


def _of_services(name: str) -> str:
    try:
        return str(socket.getservbyname(name, "tcp"))
    except (OSError, UnicodeError):
        raise UnknownPort(f'unknown port name "{name}"') from None


def _in_range(text: str) -> int:
    if not _is_number(text) or len(text) > len(str(LAST)) or not 0 < int(text) <= LAST:
        raise UnknownPort(f'"{text}" is no port: they are numbered from 1 to {LAST}')
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
