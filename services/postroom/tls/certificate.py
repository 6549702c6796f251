"""What a certificate says: its end, its names, its public key (RFC 5280, as far as that takes)."""

import binascii
import ssl
from datetime import UTC, datetime
from typing import Final

from postroom.tls.der import Element, element, elements

_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
_UTC_TIME: Final = 0x17
_VERSION: Final = 0xA0
# Of TBSCertificate's elements behind the version (RFC 5280 section 4.1).
_VALIDITY: Final = 3
_PUBLIC_KEY: Final = 5


class NoCertificate(Exception):
    """The text holds no certificate that can be read."""


def expiry_of(pem: str) -> datetime:
    """Of the first certificate in a PEM file; raises NoCertificate."""
    start, end = pem.find(_BEGIN), pem.find(_END)
    if start < 0 or end < start:
        raise NoCertificate("no certificate in it")
    try:
        return _not_after(ssl.PEM_cert_to_DER_cert(pem[start : end + len(_END)]))
    except (binascii.Error, ValueError, IndexError, StopIteration):
        raise NoCertificate("a damaged certificate") from None


def public_key_of(der: bytes) -> bytes:
    """SubjectPublicKeyInfo, encoded as it stands in the certificate."""
    return _parts(der)[_PUBLIC_KEY].encoded


def _not_after(der: bytes) -> datetime:
    """RFC 5280 section 4.1.2.5."""
    _, not_after = elements(_parts(der)[_VALIDITY].content)
    text = not_after.content.decode("ascii")
    if not_after.tag == _UTC_TIME:
        # Two digits of the year: 50 and above are of the last century.
        text = f"{'19' if text >= '50' else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _parts(der: bytes) -> list[Element]:
    """The elements of TBSCertificate from the serial number on."""
    to_be_signed = element(element(der).content)
    return [part for part in elements(to_be_signed.content) if part.tag != _VERSION]
