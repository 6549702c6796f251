"""fail:name tables: every lookup fails; for tests of what happens then (DATABASE_README)."""

from postroom.tables.table import BrokenTable


class FailTable(BrokenTable):
    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name}: this table always fails")
