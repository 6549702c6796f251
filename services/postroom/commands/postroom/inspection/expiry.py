"""When a certificate expires: as much of RFC 5280 as that takes."""

import binascii
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
_UTC_TIME: Final = 0x17
_VERSION: Final = 0xA0
# Of TBSCertificate's elements behind the version: serial number, algorithm, issuer, validity.
_VALIDITY: Final = 3


class NoCertificate(Exception):
    """The text holds no certificate that can be read."""


class _Element(NamedTuple):
    tag: int
    content: bytes


def expiry_of(pem: str) -> datetime:
    """Of the first certificate in a PEM file; raises NoCertificate."""
    start, end = pem.find(_BEGIN), pem.find(_END)
    if start < 0 or end < start:
        raise NoCertificate("no certificate in it")
    try:
        return _not_after(ssl.PEM_cert_to_DER_cert(pem[start : end + len(_END)]))
    except (binascii.Error, ValueError, IndexError, StopIteration):
        raise NoCertificate("a damaged certificate") from None


def _not_after(der: bytes) -> datetime:
    """RFC 5280 section 4.1.2.5."""
    certificate = next(_elements(der))
    to_be_signed = next(_elements(certificate.content))
    parts = [part for part in _elements(to_be_signed.content) if part.tag != _VERSION]
    _, not_after = _elements(parts[_VALIDITY].content)
    text = not_after.content.decode("ascii")
    if not_after.tag == _UTC_TIME:
        # Two digits of the year: 50 and above are of the last century.
        text = f"{'19' if text >= '50' else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _elements(der: bytes) -> Iterator[_Element]:
    """The elements of a sequence, by the distinguished encoding rules (X.690)."""
    at = 0
    while at < len(der):
        tag, length = der[at], der[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size])
            at += size
        yield _Element(tag, der[at : at + length])
        at += length
