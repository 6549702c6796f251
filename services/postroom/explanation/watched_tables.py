"""Tables that tell what they were asked, opened by this process itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from postroom.explanation.record import Record, Searched
from postroom.tables.opening import OPENER, open_directly
from postroom.tables.table import Table, TableError

# Probes of verify(8) have parameters of their own, which by default are what the others are.
_OF_PROBES = "address_verify_"


class WatchedTable(Table):
    """Another table, and a record of every search in it."""

    def __init__(self, table: Table, told: Callable[[str, str | None, str], None]) -> None:
        super().__init__(table.name)
        self._table = table
        self._told = told
        self.slow, self.fixed_keys = table.slow, table.fixed_keys

    def lookup(self, key: str) -> str | None:
        try:
            value = self._table.lookup(key)
        except TableError as error:
            self._told(key, None, str(error))
            raise
        self._told(key, value, "")
        return value


@contextmanager
def watched_tables(record: Record, component: str, settings: Struct) -> Iterator[None]:
    """What is made within, and whatever its event loop runs later, opens watched tables."""

    def opened(name: str, constant: bool) -> Table:
        table = open_directly(name, constant=constant)
        parameters = parameters_with(settings, table.name)

        def told(key: str, value: str | None, error: str) -> None:
            record.add(Searched(component, parameters, table.name, key, value, error))

        return WatchedTable(table, told)

    token = OPENER.set(opened)
    try:
        yield
    finally:
        OPENER.reset(token)


def parameters_with(settings: Struct, table: str) -> tuple[str, ...]:
    """The parameters of a component that name a table, as far as mail that is no probe goes."""
    names = (name for name in settings.__struct_fields__ if not name.startswith(_OF_PROBES))
    return tuple(name for name in names if table in _tables(settings, name))


def _tables(settings: Struct, name: str) -> set[str]:
    value = getattr(settings, name)
    words = value if isinstance(value, tuple) else ()
    return {word.lstrip("!").removeprefix("proxy:") for word in words if isinstance(word, str)}
