"""Answer the questions of contracts/proxymap."""

from collections.abc import Callable

from postroom.contracts.proxymap import Found, Lookup, NotFound, TryAgain
from postroom.ipc.contract import Question
from postroom.lookup.proxymap.served_tables import NotServed, ServedTables, file_changed
from postroom.maillog.proxymap import ProxymapLog
from postroom.tables.table import TableError

Answer = Found | NotFound | TryAgain


class Answers:
    """``leave`` ends the service in good order: its successor gets the files as they are then."""

    def __init__(self, tables: ServedTables, log: ProxymapLog, leave: Callable[[], None]) -> None:
        self._tables = tables
        self._log = log
        self._leave = leave

    async def answer(self, question: Question[Answer], _descriptors: list[int]) -> Answer:
        assert isinstance(question, Lookup)
        try:
            table = self._tables.table(question.table)
            if not table.slow:
                value = table.lookup(question.key)
            else:
                if file_changed(table):
                    self._leave()
                value = await table.find(question.key)
        except NotServed:
            self._log.not_served(question.table)
            return TryAgain(f"request for unapproved table: {question.table}")
        except TableError as error:
            self._log.table_trouble(str(error))
            return TryAgain(str(error))
        return NotFound() if value is None else Found(value)
