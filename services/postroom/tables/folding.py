"""Keys without case: user names and domains are one, however they are written."""

import string
from collections.abc import Callable

# How a table makes its keys and those it is asked for alike.
Fold = Callable[[str], str]
_ASCII = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(key: str) -> str:
    """By Unicode's rules (RFC 6531 addresses): GRÜN@example.com finds grün."""
    return key.lower() if key.isascii() else key.casefold()


def fold_ascii(key: str) -> str:
    """Where addresses are ASCII only (postmap -u)."""
    return key.translate(_ASCII)


def as_written(key: str) -> str:
    """Where case matters (postmap -f)."""
    return key
