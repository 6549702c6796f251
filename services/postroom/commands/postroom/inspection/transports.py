"""Transports that tables name and master.cf does not have, and services nobody sends mail to."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from postroom.commands.postroom.inspection.named_tables import NamedTable, named_tables
from postroom.config import table_types
from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity
from postroom.tables.opening import open_directly
from postroom.tables.table import ListedTable, TableError

_TABLES = (
    "transport_maps",
    "sender_dependent_default_transport_maps",
    "address_verify_transport_maps",
    "address_verify_sender_dependent_default_transport_maps",
    "mailbox_transport_maps",
    "fallback_transport_maps",
)
_DELIVERS = frozenset(("smtp", "lmtp", "pipe", "local", "virtual", "error", "discard"))
# What a master.cf has whether it is used or not.
_USUAL = frozenset(("smtp", "relay", "lmtp", "local", "virtual", "error", "retry", "discard"))
# Who has more entries keeps them in order by a program.
MAX_ENTRIES = 100_000
MAX_SOURCE = 4_000_000


def unknown(lookup: Lookup) -> Iterator[Problem]:
    """Mail for them would wait until master.cf has such a service."""
    for table in named_tables(lookup):
        if table.parameter in _TABLES:
            for key, transport in _entries(table):
                if not _is_none(table, transport) and transport not in lookup.transports:
                    path = table.source or lookup.main.path
                    text = f"{key}: master.cf has no service {transport} of type unix"
                    yield Problem(Severity.WARNING, path, 0, text)


def _is_none(table: NamedTable, transport: str) -> bool:
    """Nothing, or the word by which a sender is left to default_transport."""
    by_sender = table.parameter.endswith("sender_dependent_default_transport_maps")
    return not transport or (by_sender and transport.lower() == "dunno")


def _entries(table: NamedTable) -> Iterator[tuple[str, str]]:
    """Keys and transports; nothing of tables that cannot be listed."""
    with suppress(TableError):
        opened = open_directly(f"{table.type}:{table.name}")
        if isinstance(opened, ListedTable):
            for key, value in islice(opened.items(), MAX_ENTRIES):
                yield key, value.partition(":")[0].strip()


def unused(lookup: Lookup) -> Iterator[Problem]:
    """Notes: a service of one's own that is not named where transports are named."""
    if any(table.type in table_types.QUERIES for table in named_tables(lookup)):
        return  # a server's entries cannot all be seen
    named = _text_of_everything(lookup)
    for service in lookup.services:
        own = service.type != "inet" and service.name not in _USUAL
        if own and service.program in _DELIVERS and not _names(named, service.name):
            text = f"{service.name}: neither main.cf nor a table sends mail to this service"
            yield Problem(Severity.NOTE, lookup.master.path, service.line, text)


def _text_of_everything(lookup: Lookup) -> str:
    """All values, and the sources of all tables: access(5) and header_checks(5) name them too."""
    texts = [lookup.raw(one.name, one.overrides) or "" for one in written(lookup)]
    sources = {table.source for table in named_tables(lookup) if table.source is not None}
    return "\n".join((*texts, *map(_source, sorted(sources))))


def _source(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return file.read(MAX_SOURCE).decode("utf-8", "replace")
    return ""


def _names(text: str, service: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", text) is not None
