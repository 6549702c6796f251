"""Open a connection to one host: bound to the address the admin wants, within its time."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterable

from postroom.delivery.client.connection import Connection
from postroom.delivery.client.debugging import Watch
from postroom.delivery.client.firewalls import Firewalls
from postroom.delivery.client.host import Host
from postroom.delivery.client.opened_table import opened
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.timeouts import pace
from postroom.esmtp.client_events import Dialect
from postroom.maillog.smtp import SmtpLog
from postroom.tables import Maps, TableError
from postroom.tables.table import Table


class ConnectFailed(Exception):
    """No connection; ``str`` is Postfix's text for it."""


class Connector:
    """Opens connections by the rules of one service."""

    def __init__(
        self, rules: Rules, log: SmtpLog, open_table: Callable[[str], Table] = opened
    ) -> None:
        self._discarded = Maps.of(map(open_table, rules.discard_ehlo_keyword_address_maps))
        self._filters = tuple(map(open_table, rules.reply_filter))
        self._watch = Watch(rules, log, open_table)
        self._firewalls = Firewalls(rules, Maps.of(map(open_table, rules.pix_workaround_maps)))
        self._log = log
        self._rules = rules
        self._pace = pace(rules)
        self._dialect = Dialect(
            rules.helo_name,
            lmtp=rules.lmtp,
            always_extended=rules.always_send_ehlo,
            never_extended=rules.never_send_ehlo,
            ignore=_keywords(rules.discard_ehlo_keywords),
        )

    async def connect(self, host: Host, waited: float) -> Connection:
        """A connection that waits for the greeting, for a message that has ``waited`` so many
        seconds; raises ConnectFailed."""
        try:
            workarounds = await self._firewalls.workarounds(host, waited)
            dialect = await self._dialect_for(host)
            witness = await self._watch.witness(host)
        except TableError as error:
            raise ConnectFailed(f"connect to {host.relay}: {error}") from None
        dialect = dialect._replace(plain_if_masked=workarounds.disable_esmtp)
        try:
            sock = await self._connected(host)
        except (OSError, TimeoutError) as error:
            raise _failed(host, error) from None
        connection = Connection(host, dialect, self._pace, workarounds)
        connection.witness = witness
        if self._filters:
            connection.filter_replies(self._filters, self._log)
        await asyncio.get_running_loop().create_connection(lambda: connection, sock=sock)
        return connection

    async def _dialect_for(self, host: Host) -> Dialect:
        """A table may have other keywords for a server not to hear (postconf(5),
        smtp_discard_ehlo_keyword_address_maps). Raises TableError."""
        words = await self._discarded.find(host.path or host.address)
        if words is None:
            return self._dialect
        return self._dialect._replace(ignore=_keywords(words.replace(",", " ").split()))

    async def _connected(self, host: Host) -> socket.socket:
        """Raises OSError or TimeoutError."""
        sock = self._socket(host)
        try:
            async with asyncio.timeout(self._rules.connect_timeout or None):
                await asyncio.get_running_loop().sock_connect(sock, self._address(host))
        except BaseException:
            sock.close()
            raise
        return sock

    def _address(self, host: Host) -> str | tuple[str, int]:
        """A path may be written from the directory of the queue."""
        if host.path:
            return os.path.join(self._rules.queue_directory, host.path)  # noqa: PTH118
        return host.address, host.port

    def _socket(self, host: Host) -> socket.socket:
        family = _family(host)
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        sock.setblocking(False)
        if self._rules.tcp_windowsize and not host.path:
            for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, buffer, self._rules.tcp_windowsize)
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


def _failed(host: Host, error: OSError) -> ConnectFailed:
    """``connect to mx.example[192.0.2.1]:25: Connection refused``"""
    number = errno.ETIMEDOUT if isinstance(error, TimeoutError) else error.errno
    reason = os.strerror(number) if number else str(error)
    return ConnectFailed(f"connect to {host.relay}: {reason}")
