"""Tables of types that need a library which is not installed."""

from collections.abc import Iterator

from postroom.commands.postroom.inspection.named_tables import named_tables
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem
from postroom.tables.libraries import missing_library


def missing(lookup: Lookup) -> Iterator[Problem]:
    """A warning: it may be installed while the mail system runs, and until then mail waits."""
    for table in named_tables(lookup):
        if library := missing_library(table.type):
            yield table.setting.warning(
                f"{table.type}:{table.name}: it needs Python's {library} (python3-{library}), "
                "without which what asks it is put off"
            )
