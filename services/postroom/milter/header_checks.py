"""Fields that filters write, looked at by tables (header_checks(5), milter_header_checks)."""

from collections.abc import Callable, Sequence
from typing import Final

from postroom.contracts import milter
from postroom.inspection.edits import KEEP, Edit, Hit, edit
from postroom.mail.header import decode
from postroom.tables import Maps
from postroom.tables.proxied import MAX_KEY, ProxiedTable
from postroom.tables.table import Table, TableError

_PARAMETER: Final = "milter_header_checks"
# These decide about the message: no table is asked about it any more.
_LAST: Final = frozenset({"DISCARD", "REDIRECT", "REJECT"})
# What decides at once: nothing that a filter says later counts.
_DECISIVE: Final = frozenset({"DISCARD", "REJECT"})
_CHANGES: Final = frozenset({"IGNORE", "REPLACE", "STRIP"})


class _Silence:
    """cleanup is told of all hits, and tells the log."""

    def acted(self, action: str, hit: Hit, text: str) -> None:
        """Nothing."""

    def complain(self, text: str) -> None:
        """Nothing."""


class HeaderChecks:
    """The tables of one cleanup; milter sees no files, so that proxymap(8) is asked."""

    def __init__(
        self, tables: Sequence[str], opened: Callable[[str], Table] = ProxiedTable
    ) -> None:
        self._maps = Maps.of(map(opened, tables))

    def begin(self) -> "Checking":
        """The checks of one message."""
        return Checking(self._maps)


class Checking:
    """``decided``: whether the message is refused, or thrown away; ``failure``: a table that
    could not be read."""

    def __init__(self, maps: Maps) -> None:
        self.hits: list[milter.Hit] = []
        self.decided = False
        self.failure: TableError | None = None
        self._maps = maps
        self._asking = bool(maps)

    async def look(self, name: bytes, value: bytes) -> Edit:
        """What becomes of a field."""
        if not self._asking:
            return KEEP
        text = decode(name + b":" + value).replace("\r\n", "\n")[:MAX_KEY]
        try:
            found = await self._maps.find(text)
        except TableError as error:
            # What its filter has still to say has to be heard first.
            self.failure, self.decided = error, True
            found = None
        if found is None:
            return KEEP
        self.hits.append(milter.Hit(text, found[:MAX_KEY]))
        hit = Hit(_PARAMETER, "header", text, found)
        self._asking = hit.action not in _LAST
        self.decided = hit.action in _DECISIVE
        changed = edit(hit, _Silence()) if hit.action in _CHANGES else None
        return KEEP if changed is None else changed
