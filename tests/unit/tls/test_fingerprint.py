"""Fingerprints are those that openssl(1) prints."""

import ssl

import pytest

from postroom.tls.fingerprint import fingerprints
from unit.tls.keys import UNTIL_2060


def test_certificate_and_key_have_the_fingerprints_of_openssl() -> None:
    found = fingerprints(ssl.PEM_cert_to_DER_cert(UNTIL_2060), "sha1")
    assert found.certificate == "66:EC:35:E9:35:72:4C:8C:E9:78:F7:FA:AE:5F:0D:27:ED:24:F8:C1"
    assert found.public_key == "AC:07:07:F6:C4:FB:CA:75:E1:D4:76:D8:72:CE:52:B8:C2:E4:4F:E6"


def test_an_unknown_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="unsupported"):
        fingerprints(ssl.PEM_cert_to_DER_cert(UNTIL_2060), "sha0")
