"""Ask the dns component, where a table may say that some records are not there (postconf(5),
smtp_dns_reply_filter)."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import structs

from postroom.contracts.dns import (
    Answer,
    Lookup,
    NoData,
    NoSuchName,
    Record,
    RecordType,
    TryAgain,
    may_be_asked,
)
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.tables.maps import Maps
from postroom.tables.table import Table, TableError

_IGNORE = "ignore"
# Records whose data is the name of a host.
_OF_HOSTS = frozenset({RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV})


class DnsReplyFilter:
    """The first of the ``tables`` that knows a record decides. ``title`` is the parameter they
    are of, ``ignored`` hears of each record that is left out."""

    def __init__(self, title: str, tables: Iterable[Table], ignored: Callable[[str], None]) -> None:
        self._title = title
        self._maps = Maps.of(tables)
        self._ignored = ignored

    def __bool__(self) -> bool:
        return bool(self._maps)

    async def passed(self, question: Lookup, answer: Answer) -> Answer | None:
        """The answer without what is to be ignored, None where nothing is left.

        Raises TableError, for what is no action, too.
        """
        owner = _owner_of(question, answer)
        records = tuple(
            [
                record
                for record in answer.records
                if not await self._ignores(_text_of(owner, answer.ttl, question.record, record))
            ]
        )
        if len(records) == len(answer.records):
            return answer
        return structs.replace(answer, records=records) if records else None

    async def _ignores(self, text: str) -> bool:
        action = await self._maps.find(text)
        if action is None:
            return False
        if action.strip().lower() != _IGNORE:
            raise TableError(f'{self._title}: unknown DNS filter action: "{action}"')
        self._ignored(text)
        return True


class Withheld(NamedTuple):
    """Records of ``owner`` that are all to be ignored; ``unsure``: or the table cannot tell."""

    owner: str
    unsure: bool


class FilteredNames:
    """Answers to every question; ``complain`` gets what is wrong with the table."""

    def __init__(
        self, client: Client, reply_filter: DnsReplyFilter, complain: Callable[[str], None]
    ) -> None:
        self._client = client
        self._filter = reply_filter
        self._complain = complain

    async def ask(self, question: Lookup) -> Answer | NoSuchName | NoData | TryAgain | Withheld:
        """What /etc/hosts may have answered (``native``) is not filtered."""
        if not may_be_asked(question.name):
            return NoSuchName()
        try:
            answer = await self._client.ask(question)
        except Unavailable as error:
            return TryAgain(str(error)[:200])
        if isinstance(answer, Answer) and self._filter and not question.native:
            return await self._left_of(question, answer)
        return answer

    async def _left_of(self, question: Lookup, answer: Answer) -> Answer | Withheld:
        try:
            left = await self._filter.passed(question, answer)
        except TableError as error:
            self._complain(str(error))
            return Withheld(_owner_of(question, answer), unsure=True)
        return left or Withheld(_owner_of(question, answer), unsure=False)


def _owner_of(question: Lookup, answer: Answer) -> str:
    """Whose records they are."""
    return answer.canonical or question.name


def _text_of(owner: str, ttl: int, kind: RecordType, record: Record) -> str:
    """``name ttl class type preference value``, as such tables are searched for."""
    data = f"{record.data}." if kind in _OF_HOSTS else record.data
    if kind in {RecordType.MX, RecordType.SRV}:
        data = f"{record.preference} {data}"
    return f"{owner}. {ttl} IN {kind.value} {data}"
