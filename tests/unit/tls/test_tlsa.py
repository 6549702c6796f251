"""TLSA records against chains of certificates (RFC 6698)."""

import hashlib
import ssl
import subprocess
from pathlib import Path

import pytest

from postroom.tls.certificate import public_key_of
from postroom.tls.tlsa import Tlsa, is_vouched_for, names_itself, parse_tlsa
from unit.tls.keys import UNTIL_2060

_ISSUE = """
set -e; cd "$1"
openssl ecparam -genkey -name prime256v1 -noout -out ca.key
openssl req -x509 -new -key ca.key -subj "/CN=Authority" -days 9 -out ca.pem
openssl ecparam -genkey -name prime256v1 -noout -out own.key
openssl req -new -key own.key -subj "/CN=mx.example" -out own.csr
echo "subjectAltName=DNS:mx.example" >own.ext
openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -extfile own.ext -days 9 -out own.pem
"""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A server's certificate and that of its authority."""
    place = tmp_path_factory.mktemp("issued")
    subprocess.run(["sh", "-c", _ISSUE, "-", place], check=True, capture_output=True)
    own, authority = (ssl.PEM_cert_to_DER_cert(_read(place / f"{n}.pem")) for n in ("own", "ca"))
    return own, authority


def _read(path: Path) -> str:
    return path.read_text()


def test_a_record_is_of_a_certificate_or_key_as_it_is_or_digested() -> None:
    der = ssl.PEM_cert_to_DER_cert(UNTIL_2060)
    for selector, data in ((0, der), (1, public_key_of(der))):
        for matching, kept in (
            (0, data),
            (1, hashlib.sha256(data).digest()),
            (2, hashlib.sha512(data).digest()),
        ):
            record = Tlsa(3, selector, matching, kept)
            assert record.usable
            assert parse_tlsa(f"3 {selector} {matching} {kept.hex()}") == record
            assert names_itself((der,), (record,))
            assert not names_itself((der,), (record._replace(data=b"x" + kept[1:]),))
            assert not names_itself((der,), (record._replace(usage=2),))
    assert not names_itself((), (Tlsa(3, 0, 1, b"x"),))


def test_an_authority_in_the_chain_vouches_for_names_in_the_certificate(
    chain: tuple[bytes, bytes],
) -> None:
    own, authority = chain
    records = (Tlsa(2, 0, 1, hashlib.sha256(authority).digest()),)
    assert is_vouched_for(chain, records, ("mx.example",))
    assert is_vouched_for(chain, records, ("other.example", "mx.example"))
    assert not is_vouched_for(chain, records, ("other.example",))
    assert not is_vouched_for((own,), records, ("mx.example",))
    assert not is_vouched_for(chain, (records[0]._replace(usage=3),), ("mx.example",))


def test_an_authority_that_did_not_sign_vouches_for_nobody(chain: tuple[bytes, bytes]) -> None:
    own, authority = chain
    stranger = ssl.PEM_cert_to_DER_cert(UNTIL_2060)
    records = (Tlsa(2, 0, 1, hashlib.sha256(stranger).digest()),)
    assert not is_vouched_for((own, stranger), records, ("mx.example",))
    forged = own[:-1] + bytes((own[-1] ^ 1,))
    records = (Tlsa(2, 0, 1, hashlib.sha256(authority).digest()),)
    assert not is_vouched_for((forged, authority), records, ("mx.example",))
