"""tls_server_sni_maps: other keys and certificates for clients that ask for another name.

Postfix has ``postmap -F`` put the files' content into the table. Here keys are for smtpd alone:
what counts is the table's source, which names the files, and each of them is a credential.
"""

from pathlib import Path
from typing import Final

from postroom.config.logical_lines import logical_lines, read, words
from postroom.config.lookup import Lookup, Overrides
from postroom.config.problem import ConfigError

# Types whose tables are made from, or are, a text file of the same name.
_FROM_TEXT: Final = frozenset({"btree", "cdb", "dbm", "hash", "lmdb", "sdbm", "texthash"})

Chains = dict[str, tuple[str, ...]]


def sni_chains(lookup: Lookup, overrides: Overrides) -> Chains:
    """The files of each name, or ``.domain``; the first table that has it counts.

    Raises ConfigError; a table that is not there has no names.
    """
    found: Chains = {}
    tables = lookup.typed("tls_server_sni_maps", overrides)
    assert isinstance(tables, tuple)
    for table in tables:
        kind, _, path = table.partition(":")
        if kind not in _FROM_TEXT or not path.startswith("/"):
            text = f"{table}: only a table that is made from a text file can be used here"
            raise lookup.error("tls_server_sni_maps", text, overrides)
        if Path(path).is_file():
            for name, files in _entries(Path(path)):
                found.setdefault(name, files)
    return found


def _entries(source: Path) -> list[tuple[str, tuple[str, ...]]]:
    entries = []
    for line in logical_lines(read(source)):
        name, *files = words(line.text.replace(",", " "))
        if not files or not all(file.startswith("/") for file in files):
            raise ConfigError(source, line.number, f"{name}: wants the paths of its files")
        entries.append((name.lower(), tuple(files)))
    return entries
