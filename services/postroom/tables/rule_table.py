"""Tables that are lists of rules, in a file or, within braces, in main.cf itself."""

import logging
from abc import abstractmethod
from collections.abc import Callable, Iterator

from postroom.config.logical_lines import LogicalLine, logical_lines
from postroom.tables.braced_name import rules
from postroom.tables.conditional import RuleList, RuleSyntax
from postroom.tables.credential import readable
from postroom.tables.key_value import Flaw, usable
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
                lines = inline_lines(place)
            except TableError as error:
                raise TableError(f"{kind} map: {error}") from None
            self._inline = RuleList[object](self.syntax, lines, self._warn_of_rule)
        else:
            self._file = Refreshed(readable(place), self._read, what="")

    @abstractmethod
    def lookup(self, key: str) -> str | None: ...

    def rules(self) -> RuleList[object]:
        """The rules as they are now; raises TableError."""
        return self._inline if self._file is None else self._file.current()

    def _read(self, descriptor: int) -> RuleList[object]:
        lines = file_lines(read_text(descriptor), self._warn_of_line)
        return RuleList(self.syntax, lines, self._warn_of_rule)

    def _warn_of_line(self, flaw: Flaw) -> None:
        _log.warning("%s", flaw.told(self._place))

    def _warn_of_rule(self, flaw: Flaw) -> None:
        _log.warning("%s", flaw.told(self._title))


def inline_lines(place: str) -> list[LogicalLine]:
    """The rules within the braces of a table's name, by their number; raises TableError."""
    return [LogicalLine(rule, number) for number, rule in enumerate(rules(place), 1)]


def file_lines(text: str, warn: Callable[[Flaw], None]) -> Iterator[LogicalLine]:
    """Those of a file's lines that can be rules."""
    for line in usable(logical_lines(text)):
        if isinstance(line, Flaw):
            warn(line)
        else:
            yield line
