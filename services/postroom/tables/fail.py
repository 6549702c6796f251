"""fail:name tables: every lookup fails; for tests of what happens then (DATABASE_README)."""

from typing import NoReturn

from postroom.tables.table import Table, TableError


class FailTable(Table):
    def lookup(self, key: str) -> NoReturn:
        raise TableError(f"{self.name}: this table always fails")
