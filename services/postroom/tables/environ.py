"""environ: tables: the variables of the process that asks."""

import os

from postroom.tables.folding import Fold, fold
from postroom.tables.table import Table


class EnvironTable(Table):
    """As Postfix does, looks for the folded name."""

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding

    def lookup(self, key: str) -> str | None:
        return os.environ.get(self._fold(key))
