"""TLSA records that DNSSEC vouches for decide who a server is (RFC 7672)."""

import asyncio
import hashlib
import ssl
from typing import Any

import pytest

from postroom.contracts.dns import Answer, NoData, Record, TryAgain
from postroom.delivery.client.host import Host
from postroom.delivery.client.program import deliver
from postroom.delivery.client.tls.dane import Dane
from postroom.delivery.client.tls.policy import BadPolicy, Level
from postroom.tls.certificate import public_key_of
from unit.delivery.client.field import FakeResolver, Field, names_of, rules
from unit.delivery.client.play import play
from unit.delivery.client.scripted_peer import Peer, server_context
from unit.tls.keys import EXPIRED

USABLE = "3 1 1 " + "ab" * 32
HOST = Host("mx.example", "192.0.2.1", 25, secure=True)
SENT = "2.0.0 sent (250 2.0.0 Ok: queued as ABC)"


def _answer(*records: str, secure: bool = True) -> Answer:
    return Answer(tuple(Record(one) for one in records), 60, secure)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"host.example": "3 1 1 " + "ab" * 32}, Level.DANE),
        ({"mx.example": "3 1 1 " + "ab" * 32}, Level.DANE),
        ({"mx.example": "3 1 9 ab", "host.example": "3 1 1 " + "ab" * 32}, Level.DANE),
        ({"mx.example": "3 1 1 " + "ab" * 32, "host.example": "3 1 9 ab"}, Level.ENCRYPT),
        ({}, Level.MAY),
    ],
)
def test_records_are_where_an_alias_leads_or_where_it_is(
    records: dict[str, str], expected: Level
) -> None:
    """RFC 7672 section 2.2.3"""
    zone = {(f"_25._tcp.{name}", "TLSA"): _answer(text) for name, text in records.items()}
    settings = rules(dns_support_level="dnssec")
    dane = Dane(settings, names_of(settings, FakeResolver(zone)))
    host = HOST._replace(name="host.example", alias="mx.example")
    assert asyncio.run(dane.resolve(Level.DANE, host))[0] is expected


def _resolved(answer: Any, wanted: Level = Level.DANE, host: Host = HOST, **more: Any) -> Any:
    """The level, or why there is none."""
    settings = rules(**{"dns_support_level": "dnssec", **more})
    zone = {("_25._tcp.mx.example", "TLSA"): answer}
    dane = Dane(settings, names_of(settings, FakeResolver(zone)))
    try:
        return asyncio.run(dane.resolve(wanted, host))[0]
    except BadPolicy as error:
        return error.reason


@pytest.mark.parametrize(
    ("answer", "dane", "dane_only"),
    [
        (_answer(USABLE), Level.DANE, Level.DANE),
        (_answer("0 0 1 ab", USABLE), Level.DANE, Level.DANE),
        (_answer(USABLE, secure=False), Level.MAY, "no TLSA records found"),
        (NoData(), Level.MAY, "no TLSA records found"),
        (_answer("1 0 1 ab", "3 1 9 ab"), Level.ENCRYPT, "TLSA records unusable"),
        (
            TryAgain("away"),
            "TLSA lookup error for mx.example:25",
            "TLSA lookup error for mx.example:25",
        ),
    ],
)
def test_what_the_records_make_of_the_level(answer: Any, dane: Any, dane_only: Any) -> None:
    assert _resolved(answer) == dane
    assert _resolved(answer, Level.DANE_ONLY) == dane_only


def test_a_host_whose_address_anybody_could_have_forged_has_no_records() -> None:
    forgeable = HOST._replace(secure=False)
    assert _resolved(_answer(USABLE), host=forgeable) is Level.MAY
    more = {"tls_force_insecure_host_tlsa_lookup": True}
    assert _resolved(_answer(USABLE), host=forgeable, **more) is Level.DANE


@pytest.mark.parametrize(
    ("policy", "level"),
    [("dane", Level.DANE), ("encrypt", Level.ENCRYPT), ("may", Level.MAY)],
)
def test_an_exchanger_that_anybody_could_have_named(policy: str, level: Level) -> None:
    stranger = HOST._replace(meant=False)
    more = {"tls_dane_insecure_mx_policy": policy}
    assert _resolved(_answer(USABLE), host=stranger, **more) is level
    only = _resolved(_answer(USABLE), Level.DANE_ONLY, stranger, **more)
    assert only == "non DNSSEC destination"


def test_without_dnssec_there_is_none_of_it() -> None:
    assert _resolved(_answer(USABLE), dns_support_level="") is Level.MAY
    assert _resolved(_answer(USABLE), Level.VERIFY) is Level.VERIFY
    reason = _resolved(_answer(USABLE), Level.DANE_ONLY, dns_support_level="enabled")
    assert reason == "policy configured with dnssec lookups disabled"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("record", "expected", "trust"),
    [
        ("3 1 1 {key}", SENT, "Verified"),
        ("3 0 1 {certificate}", SENT, "Verified"),
        ("3 1 1 {certificate}", "4.7.5 deferred (Server certificate not verified)", "Untrusted"),
    ],
)
def test_a_server_is_who_the_records_say_even_with_an_old_certificate_of_its_own(
    record: str, expected: str, trust: str
) -> None:
    async def story() -> None:
        peer = Peer(tls=server_context(EXPIRED))
        await peer.start()
        der = ssl.PEM_cert_to_DER_cert(EXPIRED)
        tlsa = record.format(key=_digest(public_key_of(der)), certificate=_digest(der))
        zone = {
            ("mx.example", "A"): _answer("127.0.0.1"),
            (f"_{peer.port}._tcp.mx.example", "TLSA"): _answer(tlsa),
        }
        settings = rules(tls_security_level="dane", dns_support_level="dnssec", tls_loglevel=1)
        field = Field(settings, zone)
        await deliver(field.ways, field.attempt(f"[mx.example]:{peer.port}"))
        await peer.stop()
        assert field.statuses == [expected]
        assert any(line.startswith(f"{trust} TLS connection") for line in field.journal.lines)

    play(story)
