"""Ask the dns component, where a table may say that some records are not there."""

from collections.abc import Callable
from typing import NamedTuple

from postroom.contracts.dns import Answer, Lookup, NoData, NoSuchName, TryAgain, may_be_asked
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.tables.dns_reply_filter import DnsReplyFilter, owner_of
from postroom.tables.table import TableError


class Withheld(NamedTuple):
    """Records of ``owner`` that are all to be ignored; ``unsure``: or the table cannot tell."""

    owner: str
    unsure: bool


class FilteredNames:
    """Answers to every question; ``complain`` gets what is wrong with the table."""

    def __init__(
        self, client: Client, ignored: DnsReplyFilter, complain: Callable[[str], None]
    ) -> None:
        self._client = client
        self._ignored = ignored
        self._complain = complain

    async def ask(self, question: Lookup) -> Answer | NoSuchName | NoData | TryAgain | Withheld:
        """What /etc/hosts may have answered (``native``) is not filtered."""
        if not may_be_asked(question.name):
            return NoSuchName()
        try:
            answer = await self._client.ask(question)
        except Unavailable as error:
            return TryAgain(str(error)[:200])
        if isinstance(answer, Answer) and self._ignored and not question.native:
            return await self._left_of(question, answer)
        return answer

    async def _left_of(self, question: Lookup, answer: Answer) -> Answer | Withheld:
        try:
            left = await self._ignored.passed(question, answer)
        except TableError as error:
            self._complain(str(error))
            return Withheld(owner_of(question, answer), unsure=True)
        return left or Withheld(owner_of(question, answer), unsure=False)
