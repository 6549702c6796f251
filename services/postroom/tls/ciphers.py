"""Cipher grades (smtpd_tls_ciphers and the like) and what they stand for in OpenSSL's words."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

GRADES: Final = ("high", "medium", "low", "export", "null")
_SEPARATORS: Final = re.compile(r"[\s,:]+")
# From level 1 on OpenSSL refuses SHA-1 and with it TLS before 1.2 (SSL_CTX_set_security_level(3)),
# which the lists may allow: what is too weak is for the lists to leave out.
NO_SECURITY_LEVEL: Final = 0
# Who must prove who he is must do it with more than 80 bits.
PROOF_SECURITY_LEVEL: Final = 1


class BadCiphers(ValueError):
    """A grade that does not exist, or an exclusion that is more than a name."""


class CipherLists(NamedTuple):
    """main.cf's tls_high_cipherlist and so on; the two lowest are empty since they are broken."""

    high: str
    medium: str
    null: str
    low: str = ""
    export: str = ""


def cipher_list(
    grade: str,
    lists: CipherLists,
    excluded: Iterable[str] = (),
    security_level: int = NO_SECURITY_LEVEL,
) -> str:
    """OpenSSL's list for a grade without ``excluded``; raises BadCiphers."""
    name = grade.lower()
    if name not in GRADES:
        raise BadCiphers(f'"{grade}" is no cipher grade')
    found: str = getattr(lists, name) or lists.medium
    return ":".join(
        (found, *(f"!{one}" for one in _names(excluded)), f"@SECLEVEL={security_level}")
    )


def _names(excluded: Iterable[str]) -> Iterable[str]:
    """The lists of smtpd_tls_exclude_ciphers; a ``+`` inside a name joins conditions."""
    for text in excluded:
        for name in filter(None, _SEPARATORS.split(text)):
            if name[0] in "!+-@":
                raise BadCiphers(f'"{name}" cannot be excluded')
            yield name
