"""What two ends agreed on, as logs and Received headers say it."""

from ssl import SSLObject
from typing import NamedTuple


class Summary(NamedTuple):
    """``bits`` of the key are used of those that the cipher has."""

    protocol: str
    cipher: str
    bits: int

    def __str__(self) -> str:
        return f"{self.protocol} with cipher {self.cipher} ({self.bits}/{self.bits} bits)"


def summary_of(connection: SSLObject) -> Summary:
    """Of a connection whose handshake is over."""
    cipher = connection.cipher()
    if cipher is None:
        raise ValueError("the handshake is not over")
    name, _, bits = cipher
    return Summary(connection.version() or "", name, bits)
