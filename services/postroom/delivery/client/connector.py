"""Open a connection to one host: bound to the address the admin wants, within its time."""

import asyncio
import errno
import os
import socket
from collections.abc import Iterable

from postroom.delivery.client.connection import Connection
from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.timeouts import timeouts
from postroom.esmtp.client import Dialect
from postroom.tables.proxied import ProxiedTable
from postroom.tables.table import Table, TableError


class ConnectFailed(Exception):
    """No connection; ``str`` is Postfix's text for it."""


class Connector:
    """Opens connections by the rules of one service."""

    def __init__(self, rules: Rules, tables: Iterable[Table] | None = None) -> None:
        names = rules.discard_ehlo_keyword_address_maps
        self._tables = tuple(map(ProxiedTable, names) if tables is None else tables)
        self._rules = rules
        self._limits = timeouts(rules)
        self._dialect = Dialect(
            rules.helo_name,
            lmtp=rules.lmtp,
            always_extended=rules.always_send_ehlo,
            never_extended=rules.never_send_ehlo,
            ignore=_keywords(rules.discard_ehlo_keywords),
        )

    async def connect(self, host: Host) -> Connection:
        """A connection that waits for the greeting; raises ConnectFailed."""
        dialect = await self._dialect_for(host)
        loop = asyncio.get_running_loop()
        limit = self._rules.connect_timeout or None
        try:
            sock = self._socket(host)
        except OSError as error:
            raise _failed(host, error) from None
        try:
            async with asyncio.timeout(limit):
                await loop.sock_connect(sock, _address(host))
        except (OSError, TimeoutError) as error:
            sock.close()
            raise _failed(host, error) from None
        except asyncio.CancelledError:
            sock.close()
            raise
        _, connection = await loop.create_connection(
            lambda: Connection(host, dialect, self._limits), sock=sock
        )
        return connection

    async def _dialect_for(self, host: Host) -> Dialect:
        """A table may have other keywords for a server not to hear (postconf(5),
        smtp_discard_ehlo_keyword_address_maps)."""
        for table in self._tables:
            try:
                words = await table.find(host.path or host.address)
            except TableError as error:
                raise ConnectFailed(f"connect to {host.relay}: {error}") from None
            if words is not None:
                return self._dialect._replace(ignore=_keywords(words.replace(",", " ").split()))
        return self._dialect

    def _socket(self, host: Host) -> socket.socket:
        family = _family(host)
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        sock.setblocking(False)
        source = {
            socket.AF_INET: self._rules.bind_address,
            socket.AF_INET6: self._rules.bind_address6,
        }.get(family)
        try:
            if source:
                self._bind(sock, source.strip("[]"))
        except OSError:
            sock.close()
            raise
        return sock

    def _bind(self, sock: socket.socket, source: str) -> None:
        try:
            sock.bind((source, 0))
        except OSError:
            if self._rules.bind_address_enforce:
                raise


def _keywords(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.upper() for word in words)


def _family(host: Host) -> socket.AddressFamily:
    if host.path:
        return socket.AF_UNIX
    return socket.AF_INET6 if ":" in host.address else socket.AF_INET


def _address(host: Host) -> str | tuple[str, int]:
    return host.path or (host.address, host.port)


def _failed(host: Host, error: OSError) -> ConnectFailed:
    """``connect to mx.example[192.0.2.1]:25: Connection refused``"""
    number = errno.ETIMEDOUT if isinstance(error, TimeoutError) else error.errno
    reason = os.strerror(number) if number else str(error)
    return ConnectFailed(f"connect to {host.relay}: {reason}")
