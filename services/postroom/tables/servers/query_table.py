"""What tables of queries share: key in, query out; values in, one result out."""

import threading
from abc import abstractmethod
from collections.abc import Iterable
from typing import Protocol

from postroom.tables.folding import Fold, fold
from postroom.tables.match_list import StringList
from postroom.tables.servers.table_file import TableFile
from postroom.tables.servers.template import Template
from postroom.tables.table import Table, TableError


class Backend(Protocol):
    """Where the answers come from."""

    def values(self, key: str) -> Iterable[str]:
        """All values for a key, as they are stored; raises TableError. Any thread may ask."""


class _Results:
    """How the file wants keys chosen and values put together."""

    def __init__(self, file: TableFile) -> None:
        self.form = Template(
            file.text("result_format", file.text("result_filter", "%s")), file.path
        )
        self.limit = file.number("expansion_limit", 0)
        self.domains = StringList(file.words("domain"))

    def concern(self, key: str) -> bool:
        """With ``domain``, only whole addresses in one of these are looked for."""
        if not self.domains:
            return True
        user, _, domain = key.rpartition("@")
        return bool(user and domain) and self.domains.match(domain)


class QueryTable(Table):
    """The file is read at the first question; ``backend`` says what is made of it."""

    slow = True

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding
        self._lock = threading.Lock()
        self._opened: tuple[_Results, Backend] | None = None

    @abstractmethod
    def backend(self, file: TableFile) -> Backend:
        """Raises TableError where the file does not say what it must."""

    def lookup(self, key: str) -> str | None:
        results, backend = self._open()
        key = self._fold(key)
        if not _is_text(key) or not results.concern(key):
            return None
        found = [
            result
            for value in backend.values(key)
            if (result := results.form.result(value, key)) is not None
        ]
        if results.limit and len(found) > results.limit:
            raise TableError(f"{self.name}: expansion limit exceeded for key: {key!r}")
        return ",".join(found) or None

    def _open(self) -> tuple[_Results, Backend]:
        with self._lock:
            if self._opened is None:
                file = TableFile(self.name.partition(":")[2])
                self._opened = _Results(file), self.backend(file)
            return self._opened


def _is_text(key: str) -> bool:
    """Servers would not know what to make of anything else."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in key
