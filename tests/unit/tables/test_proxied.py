"""Tables of servers, as a component has them: proxymap's answers, and its absence."""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.contracts.proxymap import (
    CONTRACT,
    Found,
    FoundEach,
    Lookup,
    LookupEach,
    NotFound,
    TryAgain,
)
from postroom.ipc.contract import Question
from postroom.ipc.server import Server
from postroom.systemd.activity import Activity
from postroom.tables import Maps, TableError, open_table

TABLE = "mysql:/etc/postroom/people.cf"
ANSWERS = {"there": Found("value"), "absent": NotFound(), "away": TryAgain("server is away")}


ASKED: list[LookupEach] = []


async def answer(question: Question[object], _: list[int]) -> object:
    """Of many keys it answers seven at a time."""
    if isinstance(question, LookupEach):
        ASKED.append(question)
        if "away" in question.keys:
            return ANSWERS["away"]
        return FoundEach(tuple(key if key.startswith("t") else None for key in question.keys[:7]))
    assert isinstance(question, Lookup)
    assert question.table == TABLE
    return ANSWERS[question.key]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("postroom.instance.run_directory", lambda _: str(tmp_path))
    return tmp_path / "proxymap"


def asked(place: Path, ask: Callable[[], object]) -> object:
    """What ``ask`` returns in a thread of its own, while a proxymap serves."""

    async def serve() -> object:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(place))
            listener.listen()
            server = Server(listener, CONTRACT, lambda _: answer, Activity())
            try:
                return await asyncio.to_thread(ask)
            finally:
                server.close()
                server.disconnect()

    return asyncio.run(serve())


def _outcome(key: str) -> str | None:
    try:
        return open_table(TABLE).lookup(key)
    except TableError as error:
        return f"error: {error}"


def test_answers_are_passed_on(place: Path) -> None:
    def ask() -> object:
        return [_outcome(key) for key in ("there", "absent", "away", "x" * 5000)]

    assert asked(place, ask) == ["value", None, "error: server is away", None]


def test_an_event_loop_goes_on_meanwhile(place: Path) -> None:
    def ask() -> object:
        async def both() -> list[str | None]:
            maps = Maps((TABLE, "inline:{absent=found}"))
            found = list(await asyncio.gather(maps.find("there"), maps.find("absent")))
            maps.tables[0]._client.close()  # type: ignore[attr-defined]
            return found

        return asyncio.run(both())

    assert asked(place, ask) == ["value", "found"]


def each_of(place: Path, *keys: str) -> object:
    """What is found for many keys."""

    def ask() -> object:
        async def all_of_them() -> object:
            maps = Maps((TABLE, "inline:{absent=found}"))
            try:
                return await maps.find_each(keys)
            except TableError as error:
                return str(error)
            finally:
                maps.tables[0]._client.close()  # type: ignore[attr-defined]

        return asyncio.run(all_of_them())

    ASKED.clear()
    return asked(place, ask)


def test_many_keys_are_few_questions(place: Path) -> None:
    keys = [f"t{number}" for number in range(20)]
    found = each_of(place, *keys, "absent", "other", "t" * 5000, *keys)
    absent = {"absent": "found", "other": None, "t" * 5000: None}
    assert found == dict.fromkeys(keys) | {key: key for key in keys} | absent
    assert [len(question.keys) for question in ASKED] == [22, 15, 8, 1]


def test_a_question_holds_a_thousand_keys_or_two_hundred_thousand_letters(place: Path) -> None:
    each_of(place, *(f"t{number:01500}" for number in range(200)))
    assert [len(question.keys) for question in ASKED][:2] == [133, 133]


def test_one_key_that_nobody_can_know_leaves_all_unknown(place: Path) -> None:
    assert each_of(place, "there", "away") == "server is away"


def test_without_proxymap_there_is_no_answer(place: Path) -> None:
    assert str(_outcome("there")).startswith(f"error: {TABLE}: cannot ask proxymap")


def _hang_up_on_one(listener: socket.socket) -> None:
    listener.accept()[0].close()


def test_a_peer_that_hangs_up_gives_no_answer(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        hang_up = threading.Thread(target=_hang_up_on_one, args=(listener,))
        hang_up.start()
        assert str(_outcome("there")).startswith(f"error: {TABLE}: cannot ask proxymap")
        hang_up.join()
