"""What two ends agreed on, as logs and Received headers say it."""

import re
from ssl import SSLObject
from typing import NamedTuple

_WRITTEN = re.compile(r"(\S+) with cipher (\S+) \(([0-9]+)/[0-9]+ bits\)")


class Summary(NamedTuple):
    """``bits`` of the key are used of those that the cipher has."""

    protocol: str
    cipher: str
    bits: int

    def __str__(self) -> str:
        return f"{self.protocol} with cipher {self.cipher} ({self.bits}/{self.bits} bits)"


def read_summary(text: str) -> Summary | None:
    """What ``str`` made of one; None for any other text."""
    match = _WRITTEN.fullmatch(text)
    return Summary(match[1], match[2], int(match[3])) if match else None


def summary_of(connection: SSLObject) -> Summary:
    """Of a connection whose handshake is over."""
    cipher = connection.cipher()
    if cipher is None:
        raise ValueError("the handshake is not over")
    name, _, bits = cipher
    return Summary(connection.version() or "", name, bits)
