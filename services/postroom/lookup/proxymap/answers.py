"""Answer the questions of contracts/proxymap."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from postroom.contracts.proxymap import (
    MAX_CHARACTERS,
    Found,
    FoundEach,
    Lookup,
    LookupEach,
    NotFound,
    TryAgain,
)
from postroom.ipc.contract import Question
from postroom.lookup.proxymap.served_tables import NotServed, ServedTables, file_changed
from postroom.maillog.proxymap import ProxymapLog
from postroom.tables.table import Table, TableError

Answer = Found | FoundEach | NotFound | TryAgain
# Others are waiting: so many lookups in a row, and so many seconds for one question.
_TURN = 50
_SECONDS = 1.0


class Answers:
    """``leave`` ends the service in good order: its successor gets the files as they are then."""

    def __init__(self, tables: ServedTables, log: ProxymapLog, leave: Callable[[], None]) -> None:
        self._tables = tables
        self._log = log
        self._leave = leave

    async def answer(self, question: Question[Any], _descriptors: list[int]) -> Answer:
        assert isinstance(question, Lookup | LookupEach)
        try:
            table = self._tables.table(question.table)
            if table.slow and file_changed(table):
                self._leave()
            if isinstance(question, LookupEach):
                return await _each(table, question.keys)
            value = table.lookup(question.key) if not table.slow else await table.find(question.key)
        except NotServed:
            self._log.not_served(question.table)
            return TryAgain(f"request for unapproved table: {question.table}")
        except TableError as error:
            self._log.table_trouble(str(error))
            return TryAgain(str(error))
        return NotFound() if value is None else Found(value)


async def _each(table: Table, keys: tuple[str, ...]) -> FoundEach:
    """As many as there is room and time for; raises TableError."""
    values: list[str | None] = []
    room, until = MAX_CHARACTERS, time.monotonic() + _SECONDS
    for count, key in enumerate(keys, 1):
        value = table.lookup(key) if not table.slow else await table.find(key)
        room -= len(value or "")
        if values and (room < 0 or time.monotonic() > until):
            break
        values.append(value)
        if count % _TURN == 0:
            await asyncio.sleep(0)
    return FoundEach(tuple(values))
