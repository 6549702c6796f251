"""Mail filters that tables name (smtpd_milter_maps), as far as they can be seen beforehand.

milter reaches nobody but filters. Those in files and in main.cf itself are found by their names;
where a server has the table, the way has to be open to all addresses.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from postroom.config import table_types
from postroom.config.endpoint import BadServer, Endpoint
from postroom.config.mail_filters import parse_filter
from postroom.config.server import Server

# Of a table; who has more keeps it in a server.
_MAX_TEXT = 4_000_000
_FILTER = re.compile(r"(?:inet6?|unix|local):[^\s,{}]+")
_ANYWHERE = Server(Endpoint("anywhere", host="any"))


def named_in(table: str, directory: str, known_ports: Collection[str]) -> Iterator[Server]:
    """The filters in the text of a table; relative paths begin in ``directory``, and ports may
    have a name of ``known_ports``."""
    for kind, name in table_types.with_members(table):
        text = _text(kind, name)
        if text is None:
            yield _ANYWHERE
            return
        for word in _FILTER.findall(text):
            with suppress(BadServer):
                yield parse_filter(word, directory, known_ports)


def _text(kind: str, name: str) -> str | None:
    """None: nobody can know it beforehand."""
    if kind in table_types.INDEX_SUFFIXES or kind in table_types.SOURCES:
        return name if table_types.is_inline(kind, name) else _source(Path(name))
    return name if kind in ("fail", "inline", "static") or kind in table_types.COMPOSED else None


def _source(path: Path) -> str:
    """Nothing of a table that is not there: it names no filters either."""
    with suppress(OSError), path.open("rb") as file:
        return file.read(_MAX_TEXT).decode("utf-8", "replace")
    return ""
