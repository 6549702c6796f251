"""Tables that are lists of rules, in a file or, within braces, in main.cf itself."""

import logging
from abc import abstractmethod
from collections.abc import Iterator

from postroom.config.logical_lines import LogicalLine, is_stray_continuation, logical_lines
from postroom.tables.braced_name import rules
from postroom.tables.conditional import RuleList, RuleSyntax
from postroom.tables.credential import readable
from postroom.tables.key_value import stray
from postroom.tables.refreshed import Refreshed
from postroom.tables.source_file import read_text
from postroom.tables.table import Table, TableError

_log = logging.getLogger(__name__)


class RuleTable(Table):
    """``type:/file`` or ``type:{{rule}, {rule}}``; subclasses say what a rule is."""

    fixed_keys = False
    syntax: RuleSyntax

    def __init__(self, name: str) -> None:
        super().__init__(name)
        kind, _, place = name.partition(":")
        self._place = place
        self._title = f"{kind} map {place}"
        self._file: Refreshed[RuleList[object]] | None = None
        if place.startswith("{"):
            try:
                written = rules(place)
            except TableError as error:
                raise TableError(f"{kind} map: {error}") from None
            lines = (LogicalLine(rule, number) for number, rule in enumerate(written, 1))
            self._inline = RuleList[object](self._title, self.syntax, lines)
        else:
            self._file = Refreshed(readable(place), self._read, what="")

    @abstractmethod
    def lookup(self, key: str) -> str | None: ...

    def rules(self) -> RuleList[object]:
        """The rules as they are now; raises TableError."""
        return self._inline if self._file is None else self._file.current()

    def _read(self, descriptor: int) -> RuleList[object]:
        return RuleList(self._title, self.syntax, self._lines(read_text(descriptor)))

    def _lines(self, text: str) -> Iterator[LogicalLine]:
        for line in logical_lines(text):
            if is_stray_continuation(line):
                _log.warning("%s: %s", self._place, stray(line))
            else:
                yield line
