"""Who asks for it gets names completed by resolv.conf, in the order of res_search(3)."""

import asyncio
from pathlib import Path

import pytest

from postroom.contracts.dns import Answer, Lookup, NoData, NoSuchName, Record, RecordType, TryAgain
from postroom.lookup.dns.reading import Result
from postroom.lookup.dns.resolv_conf import Resolvers, parse_resolv_conf
from postroom.lookup.dns.searching import Search, candidates
from postroom.lookup.dns.watched_file import WatchedFile

CONF = Resolvers(search=("a.example", "b.example"))


@pytest.mark.parametrize(
    ("name", "default_domain", "search", "tried"),
    [
        ("host", False, False, ["host"]),
        ("host", True, False, ["host.a.example", "host"]),
        ("host", False, True, ["host"]),
        ("host", True, True, ["host.a.example", "host.b.example", "host"]),
        ("host.", True, True, ["host"]),
        ("host.x", True, False, ["host.x"]),
        ("host.x", False, True, ["host.x", "host.x.a.example", "host.x.b.example"]),
    ],
)
def test_domains_are_tried_as_the_options_say(
    name: str, default_domain: bool, search: bool, tried: list[str]
) -> None:
    question = Lookup(name, RecordType.A, False, default_domain, search)
    assert [*candidates(name.removesuffix("."), question, CONF)] == tried


def test_a_name_with_too_few_dots_is_tried_as_it_is_last() -> None:
    question = Lookup("host.x", RecordType.A, search=True)
    conf = CONF._replace(ndots=2)
    assert [*candidates("host.x", question, conf)][-1] == "host.x"


class _Known:
    """A resolver with these results."""

    def __init__(self, results: dict[str, Result]) -> None:
        self.results = results

    async def resolve(self, name: str, kind: RecordType) -> Result:
        return self.results.get(name, NoSuchName())


def _searched(tmp_path: Path, results: dict[str, Result]) -> Result:
    (tmp_path / "resolv.conf").write_text("search a.example b.example\n")
    conf = WatchedFile(tmp_path / "resolv.conf", parse_resolv_conf)
    search = Search(_Known(results), conf)  # type: ignore[arg-type]
    question = Lookup("host", RecordType.A, default_domain=True, search=True)
    return asyncio.run(search.resolve("host", question))


def test_the_first_name_with_records_is_whose_they_are(tmp_path: Path) -> None:
    found = Answer((Record("192.0.2.1"),), 60)
    result = _searched(tmp_path, {"host.b.example": found})
    assert result == Answer(found.records, 60, canonical="host.b.example")


def test_what_may_be_found_later_is_not_told_to_be_missing(tmp_path: Path) -> None:
    assert _searched(tmp_path, {}) == NoSuchName()
    assert _searched(tmp_path, {"host.a.example": NoData()}) == NoData()
    failing: dict[str, Result] = {"host.a.example": NoData(), "host": TryAgain("no answer")}
    assert _searched(tmp_path, failing) == TryAgain("no answer")
