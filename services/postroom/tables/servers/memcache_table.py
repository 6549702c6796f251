"""memcache:/file tables, through pymemcache (memcache_table(5)): a cache, perhaps before a table.

Lookups only: the caches that Postfix's postscreen and verify keep are not there.
"""

import threading
import time
from contextlib import closing
from typing import NamedTuple

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError, MemcacheIllegalInputError

from postroom.tables.folding import Fold, fold
from postroom.tables.opening import open_directly
from postroom.tables.servers.hosts import Host
from postroom.tables.servers.table_file import TableFile
from postroom.tables.servers.template import Template
from postroom.tables.table import Table, TableError

_DEFAULT_PORT = 11211


class _Setup(NamedTuple):
    """What the file says."""

    server: Host
    form: Template
    backup: Table | None
    attempts: int
    pause: float
    timeout: float
    lifetime: int

    @classmethod
    def of(cls, file: TableFile) -> "_Setup":
        backup = file.text("backup")
        return cls(
            Host.parse(file.text("memcache", f"inet:localhost:{_DEFAULT_PORT}")),
            Template(file.text("key_format", "%s"), file.path),
            open_directly(backup) if backup else None,
            max(1, file.number("max_try", 2)),
            file.seconds("retry_pause", 1),
            file.seconds("timeout", 2),
            file.number("ttl", 3600),
        )


class MemcacheTable(Table):
    slow = True

    def __init__(self, name: str, folding: Fold = fold) -> None:
        super().__init__(name)
        self._fold = folding
        self._lock = threading.Lock()
        self._setup: _Setup | None = None

    def lookup(self, key: str) -> str | None:
        setup = self._opened()
        key = self._fold(key)
        cached_as = setup.form.query(key, str)
        if cached_as is None:
            return None
        try:
            value = self._asked(setup, cached_as)
        except (MemcacheError, OSError) as error:
            if setup.backup is None:
                raise TableError(f"{self.name}: {setup.server.place}: {error}") from None
            return setup.backup.lookup(key)
        return self._from_backup(setup, key, cached_as) if value is None else value

    def _asked(self, setup: _Setup, key: str) -> str | None:
        for attempt in range(setup.attempts):
            try:
                with closing(_client(setup)) as client:
                    value: bytes | None = client.get(key)
                return None if value is None else value.decode("utf-8", "replace")
            except MemcacheIllegalInputError:
                return None  # no key that could be there
            except (MemcacheError, OSError):
                if attempt + 1 == setup.attempts:
                    raise
            time.sleep(setup.pause)
        return None

    def _from_backup(self, setup: _Setup, key: str, cached_as: str) -> str | None:
        value = None if setup.backup is None else setup.backup.lookup(key)
        if value is not None:
            with closing(_client(setup)) as client:
                client.set(cached_as, value.encode(), expire=setup.lifetime, noreply=True)
        return value

    def _opened(self) -> _Setup:
        with self._lock:
            if self._setup is None:
                self._setup = _Setup.of(TableFile(self.name.partition(":")[2]))
            return self._setup


def _client(setup: _Setup) -> Client:
    host = setup.server
    address = host.place if host.family == "unix" else (host.place, int(host.port or _DEFAULT_PORT))
    return Client(
        address,
        connect_timeout=setup.timeout,
        timeout=setup.timeout,
        allow_unicode_keys=True,
        no_delay=True,
    )
