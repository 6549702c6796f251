"""How much one client may ask of us at a time and in a while (anvil(8)).

In Postfix many processes share the clients of a service, and anvil counts for them. Here one
process has them all, and counts by itself.
"""

import ipaddress
from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from postroom.esmtp.reply import Reply
from postroom.mail.envelope import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.settings import Settings

# Of clients that nothing is open of, no more are remembered than this.
MAX_REMEMBERED = 10_000


class Counted(Enum):
    """What is counted within anvil_rate_time_unit."""

    CONNECTION = "Connection rate"
    MESSAGE = "Message delivery request rate"
    RECIPIENT = "Recipient address rate"
    NEW_TLS = "New TLS session rate"
    AUTH = "AUTH command rate"


_CONCURRENCY = "Connection concurrency"


class _Answer(NamedTuple):
    code: int
    status: str
    text: str


_REFUSALS = {
    Counted.CONNECTION: _Answer(421, "4.7.0", "{host} Error: too many connections from {address}"),
    Counted.MESSAGE: _Answer(450, "4.7.1", "Error: too much mail from {address}"),
    Counted.RECIPIENT: _Answer(450, "4.7.1", "Error: too many recipients from {address}"),
    Counted.NEW_TLS: _Answer(454, "4.7.0", "Error: too many new TLS sessions from {who}"),
    Counted.AUTH: _Answer(450, "4.7.1", "Error: too many AUTH commands from {address}"),
}


class _Record:
    """One client, or network of clients: what is open, and what happened since ``since``."""

    def __init__(self) -> None:
        self.open = 0
        self.since = 0.0
        self.happened: dict[Counted, int] = {}


class ClientLimits:
    """The books of one service."""

    def __init__(self, settings: Settings, log: SmtpdLog, now: Callable[[], float]) -> None:
        self._settings = settings
        self._log = log
        self._now = now
        self._records: dict[str, _Record] = {}
        self._limits = {
            Counted.CONNECTION: settings.smtpd_client_connection_rate_limit,
            Counted.MESSAGE: settings.smtpd_client_message_rate_limit,
            Counted.RECIPIENT: settings.smtpd_client_recipient_rate_limit,
            Counted.NEW_TLS: settings.smtpd_client_new_tls_session_rate_limit,
            Counted.AUTH: settings.smtpd_client_auth_rate_limit,
        }

    @cached_property
    def any(self) -> bool:
        """Whether anything is limited at all."""
        concurrency = self._settings.smtpd_client_connection_count_limit
        return concurrency > 0 or any(limit > 0 for limit in self._limits.values())

    def opened(self, client: Client) -> Reply | None:
        """One more connection, to be given back by ``closed`` whatever the answer."""
        record = self._record(client)
        record.open += 1
        limit = self._settings.smtpd_client_connection_count_limit
        if 0 < limit < record.open:
            self._warn(_CONCURRENCY, record.open, client)
            return self._reply(Counted.CONNECTION, client)
        return self.happens(Counted.CONNECTION, client)

    def closed(self, client: Client) -> None:
        self._record(client).open -= 1

    def happens(self, event: Counted, client: Client) -> Reply | None:
        """One more of these; the reply if that is too many."""
        limit = self._limits[event]
        if limit <= 0:
            return None
        record = self._record(client)
        now = self._now()
        if now - record.since >= self._settings.anvil_rate_time_unit:
            record.since = now
            record.happened.clear()
        count = record.happened[event] = record.happened.get(event, 0) + 1
        if count <= limit:
            return None
        self._warn(event.value, count, client)
        return self._reply(event, client)

    def _record(self, client: Client) -> _Record:
        key = self._key(client.address)
        record = self._records.get(key)
        if record is None:
            if len(self._records) >= MAX_REMEMBERED:
                self._forget()
            record = self._records[key] = _Record()
        return record

    def _forget(self) -> None:
        """Those that are gone, and whose time is over; if there are none, all that are gone."""
        oldest = self._now() - self._settings.anvil_rate_time_unit
        gone = {key: one for key, one in self._records.items() if not one.open}
        old = [key for key, one in gone.items() if one.since < oldest]
        for key in old or gone:
            del self._records[key]

    def _key(self, address: str) -> str:
        """The network that counts as one client; a short prefix is that of many hosts."""
        settings = self._settings
        if ":" in address:
            length = settings.smtpd_client_ipv6_prefix_length
        elif settings.smtpd_client_ipv4_prefix_length < 32:
            length = settings.smtpd_client_ipv4_prefix_length
        else:
            return address
        try:
            return str(ipaddress.ip_network(f"{address}/{length}", strict=False))
        except ValueError:
            return address

    def _reply(self, event: Counted, client: Client) -> Reply:
        code, status, text = _REFUSALS[event]
        host, address = self._settings.myhostname, client.address
        return Reply(code, status, text.format(host=host, who=client.shown, address=address))

    def _warn(self, what: str, count: int, client: Client) -> None:
        self._log.limit_exceeded(what, count, client, self._settings.service_name)
