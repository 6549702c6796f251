"""Tables that others can change, and passwords that others can read."""

import re
from collections.abc import Iterator

from postroom.commands.postroom.inspection.named_tables import NamedTable, named_tables
from postroom.config import table_types
from postroom.config.judgement.rights import changeable, readable
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem
from postroom.config.table_files import BadTableFile, is_in_main, table_parameters

# smtp_sasl_password_maps, lmtp_sasl_password_maps and the like.
_SECRET = re.compile(r"_password_maps\Z")


def too_wide(lookup: Lookup) -> Iterator[Problem]:
    for table in named_tables(lookup):
        for path in table.files:
            yield from changeable(path, f"they decide what {table.parameter} says")
            if secret := secret_in(table):
                yield from readable(path, f"it holds {secret}")
        if table.type in table_types.QUERIES and is_in_main(table.name):
            names = (f"{table.name}_password", f"{table.name}_bind_pw")
            if not lookup.main.assignments.keys().isdisjoint(names):
                yield from readable(lookup.main.path, "it holds the password of a server")


def secret_in(table: NamedTable) -> str:
    """What a table holds that nobody else may read, in words; empty for nothing."""
    if _SECRET.search(table.parameter):
        return "passwords"
    if table.type not in table_types.QUERIES or table.source is None:
        return ""
    try:
        settings = dict(table_parameters(table.source.read_text("utf-8", "replace")))
    except (OSError, BadTableFile):
        return ""
    secret = any(name.endswith(("password", "bind_pw")) for name in settings)
    return "the password of a server" if secret else ""
