"""proxymap serves the tables main.cf names, says why it cannot, and serves nothing else."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.proxymap import (
    CONTRACT,
    Found,
    FoundEach,
    Lookup,
    LookupEach,
    NotFound,
    TryAgain,
)
from postroom.ipc.client import Client
from postroom.ipc.server import Server
from postroom.lookup.proxymap.answers import Answers
from postroom.lookup.proxymap.served_tables import ServedTables
from postroom.maillog.proxymap import ProxymapLog
from postroom.systemd.activity import Activity


def answers(journal: MemoryJournal, *allowed: str) -> Answers:
    return Answers(ServedTables(allowed), ProxymapLog(journal), lambda: None)


def answered(served: Answers, table: str, key: str) -> Any:
    return asyncio.run(served.answer(Lookup(table, key), []))


def test_allowed_tables_are_answered_with_and_without_proxy() -> None:
    served = answers(MemoryJournal(), "proxy:inline:{a=1}", "unix:passwd.byname", "example.com")
    assert answered(served, "inline:{a=1}", "A") == Found("1")
    assert answered(served, "proxy:inline:{a=1}", "b") == NotFound()
    assert isinstance(answered(served, "unix:passwd.byname", "root"), Found)


def test_many_keys_are_answered_at_once() -> None:
    served = answers(MemoryJournal(), "inline:{a=1, c=3}", "fail:x")
    each = asyncio.run(served.answer(LookupEach("inline:{a=1, c=3}", ("a", "b", "c")), []))
    assert each == FoundEach(("1", None, "3"))
    assert isinstance(asyncio.run(served.answer(LookupEach("fail:x", ("a",)), [])), TryAgain)
    assert isinstance(asyncio.run(served.answer(LookupEach("static:x", ("a",)), [])), TryAgain)


def test_an_answer_has_as_many_values_as_a_frame_may_hold() -> None:
    table = f"static:{'x' * 90_000}"
    each = asyncio.run(answers(MemoryJournal(), table).answer(LookupEach(table, ("a",) * 9), []))
    assert isinstance(each, FoundEach)
    assert len(each.values) == 2


@pytest.mark.parametrize("table", ["texthash:/etc/shadow", "static:x", "example.com", "", "proxy:"])
def test_what_main_cf_does_not_name_is_not_served(table: str) -> None:
    """The attack: a component that was taken over asks for any file proxymap can read."""
    journal = MemoryJournal()
    served = answers(journal, "inline:{a=1}", "example.com")
    assert answered(served, table, "root") == TryAgain(f"request for unapproved table: {table}")
    assert journal.lines[0] == f"warning: request for unapproved table: {table!r}"


def test_a_table_that_cannot_be_read_is_a_reason_to_try_again() -> None:
    journal = MemoryJournal()
    answer = answered(answers(journal, "hash:/no/such"), "hash:/no/such", "x")
    assert isinstance(answer, TryAgain)
    assert answer.reason.startswith("open database /no/such.cdb: No such file")
    assert journal.lines == [f"warning: {answer.reason}"]


def test_questions_are_answered_over_the_socket(tmp_path: Path) -> None:
    async def ask() -> list[object]:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "proxymap"))
        listener.listen()
        served = answers(MemoryJournal(), "unix:passwd.byname", "inline:{a=1}")
        server = Server(listener, CONTRACT, lambda _: served.answer, Activity())
        client = Client(str(tmp_path / "proxymap"), CONTRACT)
        try:
            return await asyncio.gather(
                client.ask(Lookup("unix:passwd.byname", "no-such-user")),
                client.ask(Lookup("inline:{a=1}", "a")),
            )
        finally:
            client.close()
            server.close()
            server.disconnect()
            listener.close()

    assert asyncio.run(ask()) == [NotFound(), Found("1")]
