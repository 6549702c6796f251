"""Fingerprints of certificates and public keys, as tables and logs have them: ``AB:CD:…``."""

import hashlib
from typing import NamedTuple

from postroom.tls.certificate import public_key_of


class Fingerprints(NamedTuple):
    """Of a whole certificate, and of its public key alone."""

    certificate: str
    public_key: str


def fingerprints(der: bytes, digest: str) -> Fingerprints:
    """By smtpd_tls_fingerprint_digest; raises ValueError for a digest that is not known."""
    return Fingerprints(_named(der, digest), _named(public_key_of(der), digest))


def _named(data: bytes, digest: str) -> str:
    return hashlib.new(digest, data, usedforsecurity=False).digest().hex(":").upper()
