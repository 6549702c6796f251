"""Which TLS policy a destination gets (postconf(5), smtp_tls_policy_maps)."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.delivery.client.host import Host
from postroom.delivery.client.tls.dane import Dane
from postroom.delivery.client.tls.policies import Policies
from postroom.delivery.client.tls.policy import BadPolicy, Level, Policy
from postroom.maillog.smtp import SmtpLog
from postroom.tables.table import Table, TableError
from unit.delivery.client.field import FakeResolver, names_of, rules


class Entries(Table):
    """A table out of a dictionary; None stands for one that cannot be asked."""

    def __init__(self, entries: Mapping[str, str] | None) -> None:
        super().__init__("test:entries")
        self._entries = entries

    def lookup(self, key: str) -> str | None:
        if self._entries is None:
            raise TableError("away")
        return self._entries.get(key)


HOST = Host("mx.example.com", "192.0.2.1", 25)


def _policies(table: Table, journal: MemoryJournal | None = None, **more: Any) -> Policies:
    settings = rules(**more)
    dane = Dane(settings, names_of(settings, FakeResolver({})))
    return Policies(settings, SmtpLog(journal or MemoryJournal()), dane, [table])


def _found(destination: str, entries: Mapping[str, str] | None = None, **more: Any) -> Policy:
    table = Entries({} if entries is None else entries)
    return asyncio.run(_policies(table, **more).find(destination, HOST))


@pytest.mark.parametrize(
    ("parameters", "level"),
    [
        ({}, Level.NONE),
        ({"use_tls": True}, Level.MAY),
        ({"enforce_tls": True}, Level.VERIFY),
        ({"enforce_tls": True, "tls_enforce_peername": False}, Level.ENCRYPT),
        ({"enforce_tls": True, "tls_security_level": "may"}, Level.MAY),
        ({"tls_security_level": "none", "use_tls": True}, Level.NONE),
        ({"tls_security_level": "secure"}, Level.SECURE),
    ],
)
def test_main_cf_decides_where_no_table_does(parameters: dict[str, Any], level: Level) -> None:
    assert _found("example.com", **parameters).level is level


@pytest.mark.parametrize(
    ("destination", "key", "found"),
    [
        ("example.com", "example.com", True),
        ("a.example.com", ".example.com", True),
        ("a.b.example.com", ".com", True),
        ("example.com", ".example.com", False),
        ("a.example.com", "example.com", False),
        ("[mx.example.com]:587", "[mx.example.com]:587", True),
        ("[mx.example.com]:587", "mx.example.com", False),
        ("[mx.example.com]", ".example.com]", False),
        ("mx.example.com:587", ".example.com:587", False),
    ],
)
def test_a_table_is_asked_for_the_destination_and_for_domains_above(
    destination: str, key: str, found: bool
) -> None:
    expected = Level.ENCRYPT if found else Level.NONE
    assert _found(destination, {key: "encrypt"}).level is expected


def test_optional_and_mandatory_tls_have_parameters_of_their_own() -> None:
    parameters: dict[str, Any] = {
        "tls_protocols": ">=TLSv1",
        "tls_mandatory_protocols": ">=TLSv1.2",
        "tls_ciphers": "medium",
        "tls_mandatory_ciphers": "high",
        "tls_exclude_ciphers": ("RC4",),
        "tls_mandatory_exclude_ciphers": ("3DES",),
    }
    may = _found("x", tls_security_level="may", **parameters)
    assert may == Policy(Level.MAY, ">=TLSv1", "medium", ("RC4",))
    encrypt = _found("x", tls_security_level="encrypt", **parameters)
    assert encrypt == Policy(Level.ENCRYPT, ">=TLSv1.2", "high", ("RC4", "3DES", "eNULL"))
    verify = _found("x", tls_security_level="verify", **parameters)
    excluded = ("RC4", "3DES", "aNULL")
    assert verify == Policy(Level.VERIFY, ">=TLSv1.2", "high", excluded, ("hostname",))


def test_an_entry_takes_the_place_of_parameters() -> None:
    entry = (
        "secure match=example.com:.example.com, match=nexthop ciphers=high exclude=3DES:RC4 "
        "protocols=TLSv1.2:TLSv1.3 servername=hostname connection_reuse=yes"
    )
    assert _found("x", {"x": entry}) == Policy(
        Level.SECURE,
        "TLSv1.2:TLSv1.3",
        "high",
        ("3DES", "RC4"),
        ("example.com", ".example.com", "nexthop"),
        "hostname",
        reuse=True,
    )
    fingerprint = _found("x", {"x": "fingerprint match=AA:BB|CC:DD match=EE:FF"})
    assert fingerprint.match == ("AA:BB", "CC:DD", "EE:FF")


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("", "invalid empty policy"),
        (" , ", "invalid empty policy"),
        ("encrypted", 'invalid security level "encrypted"'),
        ("encrypt match=x", 'attribute "match" invalid at security level "encrypt"'),
        ("secure match", 'malformed attribute/value pair "match"'),
        ("secure ciphers=", 'attribute "ciphers" has empty value'),
        ("may ciphers=high ciphers=low", 'attribute "ciphers" is specified multiple times'),
        ("may nonsense=1", 'invalid attribute name: "nonsense"'),
        ("may servername=-*", '"servername=-*" specifies an invalid hostname'),
        ("may connection_reuse=maybe", 'attribute "connection_reuse" has bad value: "maybe"'),
    ],
)
def test_half_an_entry_is_none(entry: str, complaint: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        _found("x", {"x": entry})
    assert str(caught.value) == f'smtp_tls_policy_maps, next-hop destination "x": {complaint}'


def test_a_table_that_cannot_be_asked_leaves_no_policy() -> None:
    policies = _policies(Entries(None), tls_security_level="may")
    with pytest.raises(BadPolicy):
        asyncio.run(policies.find("example.com", HOST))


def test_attributes_without_tls_are_told() -> None:
    journal = MemoryJournal()
    policies = _policies(Entries({"x": "none ciphers=high"}), journal)
    assert asyncio.run(policies.find("x", HOST)).level is Level.NONE
    assert journal.lines == [
        'warning: smtp_tls_policy_maps, next-hop destination "x": '
        'ignoring attribute "ciphers=high" with TLS disabled'
    ]
