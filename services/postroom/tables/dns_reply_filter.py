"""Leave out records of the name service that a table says to ignore (postconf(5),
smtp_dns_reply_filter)."""

from collections.abc import Callable, Iterable

from msgspec import structs

from postroom.contracts.dns import Answer, Lookup, Record, RecordType
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
        owner = owner_of(question, answer)
        records = tuple(
            [
                record
                for record in answer.records
                if not await self._ignores(text_of(owner, answer.ttl, question.record, record))
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


def owner_of(question: Lookup, answer: Answer) -> str:
    """Whose records they are."""
    return answer.canonical or question.name


def text_of(owner: str, ttl: int, kind: RecordType, record: Record) -> str:
    """``name ttl class type preference value``, as such tables are searched for."""
    data = f"{record.data}." if kind in _OF_HOSTS else record.data
    if kind in {RecordType.MX, RecordType.SRV}:
        data = f"{record.preference} {data}"
    return f"{owner}. {ttl} IN {kind.value} {data}"
