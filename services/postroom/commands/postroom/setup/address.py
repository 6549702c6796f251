"""Whether an address can be ours: the machine has it, and nobody else listens there."""

import errno
import socket
from ipaddress import ip_address

from postroom.commands.postroom import manager

# An address of the loopback interface that every machine has and nobody uses.
DEFAULT = "127.0.0.2"
SMTP = 25


class Unusable(Exception):
    """The text says why, and what can be done."""


def check(text: str) -> None:
    """Raises Unusable."""
    try:
        address = ip_address(text)
    except ValueError:
        raise Unusable(f"{text}: not an address") from None
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family) as sock:
        # As systemd binds it: what ended a moment ago is in nobody's way.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((text, SMTP))
            sock.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                _blame(text)
            else:
                raise Unusable(f"{text}: {error.strerror}") from None


def _blame(address: str) -> None:
    """Whoever listens there may be we."""
    if not manager.listens(address, SMTP):
        raise Unusable(
            f"{address}: somebody listens on port {SMTP} there, or on all addresses; have the "
            "other mail system keep to its own (Postfix: inet_interfaces, Exim: "
            "dc_local_interfaces)"
        )
