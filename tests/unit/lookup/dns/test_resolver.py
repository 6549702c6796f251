"""Answers come from the asked server only, and whatever it sends, a caller gets clean values."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from memory_journal import MemoryJournal
from postroom.contracts.dns import Answer, NoData, NoSuchName, Record, RecordType, TryAgain
from postroom.lookup.dns.cache import Cache
from postroom.lookup.dns.resolv_conf import parse_resolv_conf
from postroom.lookup.dns.resolver import Resolver
from postroom.lookup.dns.watched_file import WatchedFile
from postroom.maillog.dns import DnsLog
from unit.lookup.dns.name_server import Behaviour, NameServer, response, zone

_SOA = "example. 300 IN SOA ns.example. root.example. 1 2 3 4 60"


def _resolver(tmp_path: Path, server: NameServer, conf: str = "") -> Resolver:
    text = f"{conf or 'nameserver 127.0.0.1'}\noptions timeout:1 attempts:1\n"
    (tmp_path / "resolv.conf").write_text(text)
    file = WatchedFile(tmp_path / "resolv.conf", parse_resolv_conf)
    return Resolver(file, Cache(), DnsLog(MemoryJournal()), server.port)


def _with_server(
    tmp_path: Path,
    behaviour: Behaviour,
    story: Callable[[Resolver, NameServer], Awaitable[Any]],
    tcp: Behaviour | None = None,
) -> Any:
    async def run() -> Any:
        server = NameServer(behaviour, tcp)
        await server.start()
        try:
            async with asyncio.timeout(8):
                return await story(_resolver(tmp_path, server), server)
        finally:
            await server.stop()

    return asyncio.run(run())


def _ask(tmp_path: Path, behaviour: Behaviour, name: str, kind: RecordType) -> Any:
    return _with_server(tmp_path, behaviour, lambda resolver, _: resolver.resolve(name, kind))


def test_exchangers_come_in_the_order_of_preference(tmp_path: Path) -> None:
    records = zone(
        {
            ("y.example.", "MX"): [
                "y.example. 60 IN MX 20 B.example.",
                "y.example. 60 IN MX 10 a.example.",
            ]
        }
    )
    answer = _ask(tmp_path, records, "y.example", RecordType.MX)
    assert answer.records == (Record("a.example", 10), Record("b.example", 20))
    assert not answer.secure


def test_a_null_mx_is_a_record_without_name(tmp_path: Path) -> None:
    records = zone({("y.example.", "MX"): ["y.example. 60 IN MX 0 ."]})
    answer = _ask(tmp_path, records, "y.example", RecordType.MX)
    assert answer.records == (Record("", 0),)


def test_absence_has_two_kinds(tmp_path: Path) -> None:
    assert _ask(tmp_path, zone({}), "no.example", RecordType.A) == NoSuchName()
    nothing = zone({("y.example.", "A"): []})
    assert _ask(tmp_path, nothing, "y.example", RecordType.A) == NoData()


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP])
def test_a_server_that_cannot_say_is_no_proof_of_absence(
    tmp_path: Path, rcode: dns.rcode.Rcode
) -> None:
    answer = _ask(
        tmp_path, lambda q: [response(q, rcode=rcode).to_wire()], "y.example", RecordType.A
    )
    assert isinstance(answer, TryAgain)


def test_a_server_that_is_not_recursive_is_no_proof_either(tmp_path: Path) -> None:
    referral = "example. 60 IN NS ns.example."

    def refer(query: dns.message.Message) -> list[bytes]:
        return [response(query, authority=(referral,), flags=0).to_wire()]

    assert isinstance(_ask(tmp_path, refer, "y.example", RecordType.A), TryAgain)


def test_silence_ends_at_the_time_limit(tmp_path: Path) -> None:
    assert isinstance(_ask(tmp_path, lambda _: [], "y.example", RecordType.A), TryAgain)


def test_forged_packets_neither_answer_nor_end_the_wait(tmp_path: Path) -> None:
    def behave(query: dns.message.Message) -> list[bytes]:
        good = response(query, "y.example. 60 IN A 192.0.2.1")
        other_id = response(query, "y.example. 60 IN A 203.0.113.1")
        other_id.id = query.id ^ 1
        other_name = response(
            dns.message.make_query("x.example", "A", id=query.id), "y.example. 60 IN A 203.0.113.2"
        )
        return [b"", b"\xff" * 40, query.to_wire(), other_id.to_wire(), other_name.to_wire(),
                good.to_wire()]  # fmt: skip

    answer = _ask(tmp_path, behave, "y.example", RecordType.A)
    assert answer.records == (Record("192.0.2.1"),)


def test_a_cut_answer_is_fetched_by_tcp(tmp_path: Path) -> None:
    def cut(query: dns.message.Message) -> list[bytes]:
        return [response(query, flags=dns.flags.RA | dns.flags.TC).to_wire()]

    async def story(resolver: Resolver, server: NameServer) -> None:
        answer = await resolver.resolve("y.example", RecordType.A)
        assert isinstance(answer, Answer)
        assert server.by_tcp == 1

    whole = zone({("y.example.", "A"): ["y.example. 60 IN A 192.0.2.1"]})
    _with_server(tmp_path, cut, story, whole)


def test_aliases_are_followed_here_and_by_asking_again(tmp_path: Path) -> None:
    records = zone(
        {
            ("a.example.", "A"): [
                "a.example. 60 IN CNAME b.example.",
                "b.example. 30 IN CNAME c.example.",
            ],
            ("c.example.", "A"): ["c.example. 90 IN A 192.0.2.1"],
        }
    )
    answer = _ask(tmp_path, records, "a.example", RecordType.A)
    assert answer == Answer((Record("192.0.2.1"),), 30, canonical="c.example")


def test_where_an_alias_leads_is_told(tmp_path: Path) -> None:
    lines = ["a.example. 60 IN CNAME B.example.", "b.example. 60 IN A 192.0.2.1"]
    within = zone({("a.example.", "A"): lines, ("b.example.", "A"): lines[1:]})
    assert _ask(tmp_path, within, "a.example", RecordType.A).canonical == "b.example"
    assert _ask(tmp_path, within, "b.example", RecordType.A).canonical == ""


def test_service_records_have_priority_weight_port_and_host(tmp_path: Path) -> None:
    lines = [
        "_x._tcp.y.example. 60 IN SRV 20 5 587 B.example.",
        "_x._tcp.y.example. 60 IN SRV 10 0 465 a.example.",
        r"_x._tcp.y.example. 60 IN SRV 0 0 25 bad\032name.example.",
    ]
    records = zone({("_x._tcp.y.example.", "SRV"): lines})
    answer = _ask(tmp_path, records, "_x._tcp.y.example", RecordType.SRV)
    assert answer.records == (Record("0 465 a.example", 10), Record("5 587 b.example", 20))


def test_alias_loops_end(tmp_path: Path) -> None:
    inside = zone({("a.example.", "A"): ["a.example. 60 IN CNAME a.example."]})
    assert isinstance(_ask(tmp_path, inside, "a.example", RecordType.A), TryAgain)
    across = zone(
        {
            ("a.example.", "A"): ["a.example. 60 IN CNAME b.example."],
            ("b.example.", "A"): ["b.example. 60 IN CNAME a.example."],
        }
    )
    assert isinstance(_ask(tmp_path, across, "a.example", RecordType.A), TryAgain)


def test_names_that_are_no_host_names_are_dropped(tmp_path: Path) -> None:
    lines = [
        r"y.example. 60 IN MX 10 bad\032name.example.",
        r"y.example. 60 IN MX 10 a\013\010b.example.",
        "y.example. 60 IN MX 20 good.example.",
    ]
    answer = _ask(tmp_path, zone({("y.example.", "MX"): lines}), "y.example", RecordType.MX)
    assert answer.records == (Record("good.example", 20),)
    only_bad = zone({("y.example.", "MX"): lines[:2]})
    assert isinstance(_ask(tmp_path, only_bad, "y.example", RecordType.MX), TryAgain)


def test_five_hundred_exchangers_are_cut_to_the_best(tmp_path: Path) -> None:
    lines = [f"y.example. 60 IN MX {500 - n} mx{n}.example." for n in range(500)]

    def cut(query: dns.message.Message) -> list[bytes]:
        return [response(query, flags=dns.flags.RA | dns.flags.TC).to_wire()]

    async def story(resolver: Resolver, _: NameServer) -> None:
        answer = await resolver.resolve("y.example", RecordType.MX)
        assert isinstance(answer, Answer)
        assert len(answer.records) == 100
        assert answer.records[0] == Record("mx499.example", 1)

    _with_server(tmp_path, cut, story, zone({("y.example.", "MX"): lines}))


def test_the_ad_bit_is_passed_on(tmp_path: Path) -> None:
    def secure(query: dns.message.Message) -> list[bytes]:
        line = "y.example. 60 IN A 192.0.2.1"
        return [response(query, line, flags=dns.flags.RA | dns.flags.AD).to_wire()]

    assert _ask(tmp_path, secure, "y.example", RecordType.A).secure


def test_callers_of_one_name_share_a_query_and_then_the_cache(tmp_path: Path) -> None:
    async def story(resolver: Resolver, server: NameServer) -> None:
        questions = [resolver.resolve("y.example", RecordType.A) for _ in range(50)]
        answers = await asyncio.gather(*questions)
        answers.append(await resolver.resolve("y.example", RecordType.A))
        assert len({str(answer) for answer in answers}) <= 2  # The ttl may have fallen by one.
        await resolver.resolve("no.example", RecordType.A)
        await resolver.resolve("no.example", RecordType.A)
        assert len(server.questions) == 2

    _with_server(tmp_path, zone({("y.example.", "A"): ["y.example. 60 IN A 192.0.2.1"]}), story)


def test_a_caller_that_leaves_does_not_take_the_answer_along(tmp_path: Path) -> None:
    async def story(resolver: Resolver, _: NameServer) -> None:
        first = asyncio.create_task(resolver.resolve("y.example", RecordType.A))
        second = asyncio.create_task(resolver.resolve("y.example", RecordType.A))
        await asyncio.sleep(0)
        first.cancel()
        assert isinstance(await second, Answer)

    _with_server(tmp_path, zone({("y.example.", "A"): ["y.example. 60 IN A 192.0.2.1"]}), story)


def test_the_next_server_is_asked_when_one_is_down(tmp_path: Path) -> None:
    async def story(_: Resolver, server: NameServer) -> None:
        resolver = _resolver(tmp_path, server, "nameserver 127.0.0.9\nnameserver 127.0.0.1")
        assert isinstance(await resolver.resolve("y.example", RecordType.A), Answer)

    _with_server(tmp_path, zone({("y.example.", "A"): ["y.example. 60 IN A 192.0.2.1"]}), story)


@pytest.mark.parametrize(
    "name", ["a b.example", "a\\000b", "x" * 64 + ".example", "a..b", "@", "*"]
)
def test_what_is_no_name_does_not_exist_and_is_not_asked_for(tmp_path: Path, name: str) -> None:
    async def story(resolver: Resolver, server: NameServer) -> None:
        assert await resolver.resolve(name, RecordType.A) == NoSuchName()
        assert server.questions == []

    _with_server(tmp_path, zone({}), story)


def test_damaged_packets_never_break_the_resolver(tmp_path: Path) -> None:
    """Bytes of a true answer are changed at random; a caller gets a value every time."""
    dice = random.Random(5)

    def behave(query: dns.message.Message) -> list[bytes]:
        packet = bytearray(
            response(query, "y.example. 60 IN MX 5 a.example.", authority=(_SOA,)).to_wire()
        )
        for _ in range(dice.randrange(1, 6)):
            packet[dice.randrange(12, len(packet))] = dice.randrange(256)
        good = response(query, "y.example. 0 IN MX 7 b.example.").to_wire()
        return [bytes(packet[: dice.randrange(2, len(packet) + 1)]), bytes(packet), good]

    async def story(resolver: Resolver, _: NameServer) -> None:
        for _ in range(300):
            answer = await resolver.resolve("y.example", RecordType.MX)
            assert isinstance(answer, Answer | NoSuchName | NoData | TryAgain)
            resolver._cache = Cache()

    _with_server(tmp_path, behave, story)


@pytest.mark.parametrize(
    ("conf", "trusted"),
    [
        ("nameserver 127.0.0.1", True),
        ("nameserver 192.0.2.1\nnameserver 127.0.0.1", False),
        ("nameserver 192.0.2.1\noptions trust-ad", True),
    ],
)
def test_dnssec_is_believed_of_resolvers_here_or_where_the_admin_says_so(
    conf: str, trusted: bool
) -> None:
    assert parse_resolv_conf(conf).trust_ad is trusted


@pytest.mark.parametrize(
    ("alias_secure", "trusted", "secure"),
    [(True, True, True), (False, True, False), (True, False, False)],
)
def test_an_answer_is_as_secure_as_the_weakest_step_to_it(
    tmp_path: Path, alias_secure: bool, trusted: bool, secure: bool
) -> None:
    def behave(query: dns.message.Message) -> list[bytes]:
        (question,) = query.question
        if question.name.to_text() == "alias.example.":
            flags = dns.flags.RA | (dns.flags.AD if alias_secure else 0)
            line = "alias.example. 60 IN CNAME a.example."
            return [response(query, line, flags=flags).to_wire()]
        line = "a.example. 60 IN A 192.0.2.7"
        return [response(query, line, flags=dns.flags.RA | dns.flags.AD).to_wire()]

    conf = "nameserver 127.0.0.1" if trusted else "nameserver 127.0.0.1\nnameserver 192.0.2.1"

    async def run() -> Any:
        server = NameServer(behave)
        await server.start()
        try:
            return await _resolver(tmp_path, server, conf).resolve("alias.example", RecordType.A)
        finally:
            await server.stop()

    assert asyncio.run(run()).secure is secure


def test_a_tlsa_record_is_three_numbers_and_digits(tmp_path: Path) -> None:
    line = "_25._tcp.mx.example. 60 IN TLSA 3 1 1 " + "ABCD" * 16
    records = zone({("_25._tcp.mx.example.", "TLSA"): [line]})
    answer = _ask(tmp_path, records, "_25._tcp.mx.example", RecordType.TLSA)
    assert answer.records == (Record("3 1 1 " + "abcd" * 16),)
