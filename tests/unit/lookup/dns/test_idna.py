"""Names beyond ASCII are sought where Debian's Postfix 3.10 seeks them (seen there)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts.dns import Lookup, NoSuchName, RecordType
from postroom.lookup.dns.answerer import NameAnswerer
from postroom.lookup.dns.hosts_file import parse_hosts
from postroom.lookup.dns.idna import ascii_name
from postroom.lookup.dns.resolv_conf import parse_resolv_conf
from postroom.lookup.dns.searching import Search
from postroom.lookup.dns.watched_file import WatchedFile


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("mail.example", "mail.example"),
        ("xn--strae-oqa.example", "xn--strae-oqa.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("grün.example", "xn--grn-ioa.example"),
        ("GRÜN.example", "xn--grn-ioa.example"),
        ("ς.example", "xn--3xa.example"),
        ("faß\u3002example", "xn--fa-hia.example"),
        ("a\u200db.example", "xn--ab-m1t.example"),
        ("\ufb00.example", "ff.example"),
        ("ẞ.example", "xn--zca.example"),
        ("İ.example", "xn--i-9bb.example"),
        ("٣a.example", "xn--a-eqc.example"),
        ("ü_x.example", "xn--_x-wka.example"),
        ("נ1.example", "xn--1-wic.example"),
    ],
)
def test_a_name_is_sought_in_one_form(name: str, sought: str) -> None:
    assert ascii_name(name) == sought


@pytest.mark.parametrize(
    ("name", "sought"),
    [
        ("straße.example", "strasse.example"),
        ("ς.example", "xn--4xa.example"),
        ("GRÜN.example", "xn--grn-ioa.example"),
    ],
)
def test_idna_2003_takes_some_names_for_others(name: str, sought: str) -> None:
    assert ascii_name(name, transitional=True) == sought


class Asked:
    """A resolver that knows nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def resolve(self, name: str, _: RecordType) -> Any:
        self.names.append(name)
        return NoSuchName()


@pytest.mark.parametrize(
    ("transitional", "names"),
    [(False, ["xn--strae-oqa.example"]), (True, ["strasse.example", "xn--strae-oqa.example"])],
)
def test_main_cf_says_which_name_is_meant(
    tmp_path: Path, transitional: bool, names: list[str]
) -> None:
    resolver = Asked()
    hosts = WatchedFile(tmp_path / "hosts", parse_hosts)
    search = Search(resolver, WatchedFile(tmp_path / "resolv.conf", parse_resolv_conf))  # type: ignore[arg-type]
    answerer = NameAnswerer(search, hosts, transitional=transitional)
    ask = answerer.answerer_for(None)  # type: ignore[arg-type]
    for name in ("Straße.example.", "xn--strae-oqa.example", "ü.." + "ü" * 64):
        assert asyncio.run(ask(Lookup(name, RecordType.MX), [])) == NoSuchName()
    assert sorted(set(resolver.names[:2])) == names
