"""resolv.conf and hosts are read with glibc's eyes, and again when they change."""

import asyncio
from pathlib import Path
from typing import Any

from postroom.contracts.dns import Answer, Lookup, NoSuchName, Record, RecordType
from postroom.lookup.dns.answerer import NameAnswerer
from postroom.lookup.dns.cache import Cache
from postroom.lookup.dns.hosts_file import parse_hosts
from postroom.lookup.dns.reading import Reading
from postroom.lookup.dns.resolv_conf import Resolvers, parse_resolv_conf
from postroom.lookup.dns.searching import Search
from postroom.lookup.dns.watched_file import WatchedFile


def test_of_resolv_conf_what_we_understand_is_read_within_bounds() -> None:
    text = (
        "# comment\nnameserver 192.0.2.1 # first\nnameserver fe80::1%eth0\nnameserver bad\n"
        "nameserver 192.0.2.2\nnameserver 192.0.2.3\nsearch x.example\n"
        "options timeout:2 attempts:99 rotate ndots:3 timeout:x\n"
    )
    read = parse_resolv_conf(text)
    assert read.servers == ("192.0.2.1", "fe80::1%eth0", "192.0.2.2")
    assert read.attempts == 5
    assert read.rotate
    assert read.search == ("x.example",)
    assert read.ndots == 3
    assert parse_resolv_conf("") == Resolvers()


def test_a_changed_file_is_read_again_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    file = WatchedFile(path, parse_resolv_conf)
    assert file.value.servers == ("127.0.0.1",)
    path.write_text("nameserver 192.0.2.1\n")
    assert file.value.servers == ("192.0.2.1",)
    (tmp_path / "new").write_text("nameserver 192.0.2.2\n")
    (tmp_path / "new").replace(path)
    assert file.value.servers == ("192.0.2.2",)


class _NoResolver:
    async def resolve(self, name: str, kind: RecordType) -> Any:
        return NoSuchName()


def test_the_hosts_file_answers_only_where_asked_for(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.1.1 Me.example me # us\n2001:DB8::1 me.example\nnonsense\n")
    conf = WatchedFile(tmp_path / "resolv.conf", parse_resolv_conf)
    search = Search(_NoResolver(), conf)  # type: ignore[arg-type]
    answerer = NameAnswerer(search, WatchedFile(hosts, parse_hosts))
    answer = answerer.answerer_for(None)  # type: ignore[arg-type]

    def ask(name: str, kind: RecordType, native: bool) -> Any:
        async def run() -> Any:
            return await answer(Lookup(name, kind, native), [])

        return asyncio.run(run())

    assert ask("ME.example.", RecordType.A, True) == Answer((Record("127.0.1.1"),), 0)
    assert ask("me.example", RecordType.AAAA, True).records == (Record("2001:db8::1"),)
    assert ask("me.example", RecordType.A, False) == NoSuchName()
    assert ask("me.example", RecordType.MX, True) == NoSuchName()
    assert ask("localhost", RecordType.A, False).records == (Record("127.0.0.1"),)
    assert ask("2001:db8::1", RecordType.PTR, True).records == (Record("me.example"),)
    assert ask("192.0.2.1", RecordType.A, False) == NoSuchName()


def test_the_cache_forgets_in_time_and_never_grows_beyond_its_bound(monkeypatch: Any) -> None:
    now = [0.0]
    monkeypatch.setattr("postroom.lookup.dns.cache.MAX_ENTRIES", 3)
    cache = Cache(lambda: now[0])
    answer = Answer((Record("192.0.2.1"),), 60)
    for number in range(5):
        cache.put((f"{number}.example", RecordType.A), Reading(answer, 60))
    assert cache.get(("0.example", RecordType.A)) is None
    now[0] = 20.5
    assert cache.get(("4.example", RecordType.A)) == Answer((Record("192.0.2.1"),), 39)
    now[0] = 60.0
    assert cache.get(("4.example", RecordType.A)) is None
    cache.put(("x.example", RecordType.A), Reading(answer, 0))
    assert cache.get(("x.example", RecordType.A)) is None
