"""What is wanted of TLS to one destination."""

from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """smtp_tls_security_level, from the least to the most secure (postconf(5))."""

    NONE = 0
    MAY = 1
    ENCRYPT = 2
    FINGERPRINT = 3
    VERIFY = 4
    SECURE = 5

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

    ``excluded`` are ciphers and kinds of them, ``reuse`` is smtp_tls_connection_reuse.
    """

    level: Level
    protocols: str
    ciphers: str
    excluded: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    servername: str = ""
    reuse: bool = False


class BadPolicy(Exception):
    """What is wanted cannot be told, so that nothing may be sent; the text is for the log."""


def level(text: str) -> Level:
    """Raises BadPolicy."""
    try:
        return Level[text.upper()]
    except KeyError:
        raise BadPolicy(f'invalid security level "{text}"') from None
