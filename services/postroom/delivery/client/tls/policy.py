"""What is wanted of TLS to one destination."""

from enum import IntEnum
from typing import NamedTuple

from postroom.tls.tlsa import Tlsa


class Level(IntEnum):
    """smtp_tls_security_level, from the least to the most secure (postconf(5))."""

    NONE = 0
    MAY = 1
    ENCRYPT = 2
    FINGERPRINT = 3
    DANE = 4
    DANE_ONLY = 5
    VERIFY = 6
    SECURE = 7

    @property
    def trusts_authorities(self) -> bool:
        """Whether a certificate must lead to an authority that we know."""
        return self >= Level.VERIFY

    @property
    def matches(self) -> bool:
        """Whether the server must prove to be the one that is meant."""
        return self >= Level.FINGERPRINT


class Policy(NamedTuple):
    """``match`` has names and strategies, or fingerprints at the level of that name.

    ``excluded`` are ciphers and kinds of them, ``reuse`` is smtp_tls_connection_reuse, ``tlsa``
    are usable records, at least one at the level DANE.
    """

    level: Level
    protocols: str
    ciphers: str
    excluded: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    servername: str = ""
    reuse: bool = False
    tlsa: tuple[Tlsa, ...] = ()


class BadPolicy(Exception):
    """What is wanted cannot be told or cannot be had, so that nothing may be sent.

    The text is for the log, ``reason`` for the sender, too.
    """

    def __init__(self, text: str, reason: str = "client TLS configuration problem") -> None:
        super().__init__(text)
        self.reason = reason


_LEVELS = {one.name.lower().replace("_", "-"): one for one in Level}


def level(text: str) -> Level:
    """Raises BadPolicy."""
    found = _LEVELS.get(text.lower())
    if found is None:
        raise BadPolicy(f'invalid security level "{text}"')
    return found
