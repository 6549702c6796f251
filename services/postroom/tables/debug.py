"""debug:type:name tables: another table, and every lookup in it told to the log."""

import logging
from collections.abc import Callable

from postroom.tables.table import Table, TableError

_log = logging.getLogger(__name__)


class DebugTable(Table):
    """``open_member`` opens the table behind ``debug:``."""

    def __init__(self, name: str, open_member: Callable[[str], Table]) -> None:
        super().__init__(name)
        self._member = open_member(name.partition(":")[2])
        self.slow, self.fixed_keys = self._member.slow, self._member.fixed_keys

    def lookup(self, key: str) -> str | None:
        try:
            value = self._member.lookup(key)
        except TableError as error:
            _log.warning('%s lookup: "%s" = error: %s', self._member.name, key, error)
            raise
        told = "not_found" if value is None else f'"{value}"'
        _log.warning('%s lookup: "%s" = %s', self._member.name, key, told)
        return value
