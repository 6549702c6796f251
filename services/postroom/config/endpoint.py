"""Where a server outside of the mail system listens: ``unix:path`` or ``inet:host:port``."""

from collections.abc import Collection
from typing import NamedTuple

from postroom.config.ports import UnknownPort, port_number


class BadServer(ValueError):
    """No server; the message says why, for the reader of main.cf."""


class Endpoint(NamedTuple):
    """The ``path`` of a socket, or ``host`` and ``port``; ``name`` is how main.cf has it."""

    name: str
    path: str = ""
    host: str = ""
    port: int = 0


def endpoint(name: str, directory: str, known_ports: Collection[str]) -> Endpoint:
    """What a name stands for; relative paths begin in ``directory``, and ``known_ports`` are the
    elements of known_tcp_ports. Raises BadServer."""
    kind, _, place = name.partition(":")
    if kind in ("unix", "local") and place:
        return Endpoint(name, path=place if place.startswith("/") else f"{directory}/{place}")
    if kind in ("inet", "inet6"):
        # Sendmail writes the port first.
        port, mark, host = place.rpartition("@") if "@" in place else place.rpartition(":")[::-1]
        if mark and host:
            return Endpoint(name, host=host.strip("[]"), port=_port(name, port, known_ports))
    raise BadServer(f'"{name}" is no server: it needs the form unix:path or inet:host:port')


def _port(name: str, port: str, known_ports: Collection[str]) -> int:
    try:
        return port_number(port, known_ports)
    except UnknownPort as error:
        raise BadServer(f'"{name}" is no server: {error}') from None
