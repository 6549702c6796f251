"""Rules of pattern tables and cidr: tables that cannot be obeyed, as Postfix's perhaps could."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from postroom.commands.postroom.inspection.named_tables import NamedTable, named_tables
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity
from postroom.tables.cidr import CidrTable
from postroom.tables.conditional import RuleList, RuleSyntax
from postroom.tables.key_value import Flaw
from postroom.tables.pattern import PcreTable, RegexpTable
from postroom.tables.rule_table import file_lines, inline_lines
from postroom.tables.table import TableError

_SYNTAX: Mapping[str, RuleSyntax] = {
    "cidr": CidrTable.syntax,
    "pcre": PcreTable.written.of_table(),
    "regexp": RegexpTable.written.of_table(),
}


def unusable(lookup: Lookup) -> Iterator[Problem]:
    """Warnings: else the log alone tells that a rule is skipped."""
    for table in named_tables(lookup):
        if table.type not in _SYNTAX:
            continue
        if table.source is None:
            yield from _within_name(table)
        else:
            yield from _within_file(table.type, table.source)


def _within_name(table: NamedTable) -> Iterator[Problem]:
    flaws: list[Flaw] = []
    try:
        lines = inline_lines(table.name)
    except TableError:
        return  # of which is told where its name is looked at
    RuleList[object](_SYNTAX[table.type], lines, flaws.append)
    for flaw in flaws:
        yield table.setting.warning(flaw.told(f"{table.type}:{table.name}"))


def _within_file(kind: str, source: Path) -> Iterator[Problem]:
    flaws: list[Flaw] = []
    try:
        text = source.read_text("utf-8", "surrogateescape")
    except OSError:
        return
    RuleList[object](_SYNTAX[kind], file_lines(text, flaws.append), flaws.append)
    for flaw in flaws:
        yield Problem(Severity.WARNING, source, flaw.number, flaw.text)
