"""randmap:{value, value …} tables: any of the values, braces of their own included."""

import random

from postroom.config.braces import split_words
from postroom.tables.braced_name import inside
from postroom.tables.table import Table, TableError


class RandomTable(Table):
    fixed_keys = False

    def __init__(self, name: str) -> None:
        super().__init__(name)
        text = name.partition(":")[2]
        self._values = split_words(inside(text)) if text.startswith("{") else []
        if not self._values:
            raise TableError(f'bad syntax: "{name}"; need "randmap:{{value...}}"')

    def lookup(self, key: str) -> str | None:
        return random.choice(self._values)  # noqa: S311 - to spread load, not to be a secret
