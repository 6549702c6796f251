"""What a delivery test stands on: rules, a name service, requests, and the log as lines."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from configured import configured
from memory_journal import MemoryJournal
from postroom.contracts import dns
from postroom.contracts.delivery import Deliver
from postroom.contracts.dns import Lookup, NoSuchName
from postroom.delivery.attempt import Attempt
from postroom.delivery.client.content_checks import ContentChecks
from postroom.delivery.client.generic import Generic
from postroom.delivery.client.journey import Ways
from postroom.delivery.client.name_service import NameService
from postroom.delivery.client.opening import Opener
from postroom.delivery.client.own_addresses import OwnAddresses
from postroom.delivery.client.pool import Pool
from postroom.delivery.client.program import name_service
from postroom.delivery.client.route import Router
from postroom.delivery.client.rules import Rules
from postroom.delivery.content import Content
from postroom.delivery.smtp.settings import Settings
from postroom.ipc.client import Client
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.smtp import SmtpLog
from postroom.systemd.activity import Activity
from postroom.tables import Maps
from postroom.tables.opening import open_directly

_MAIN_CF = """
myhostname = me.example
mydestination = me.example
inet_interfaces = 192.0.2.99
inet_protocols = ipv4
smtp_tcp_port = 25
smtp_sasl_tls_security_options = noanonymous
"""


def _impatient() -> Rules:
    """What servers do here takes milliseconds, or never ends."""
    limits = [name for name in Rules.__struct_fields__ if name.endswith("_timeout")]
    patience = dict.fromkeys(limits, 5.0) | {"pix_workaround_delay_time": 0.3}
    return msgspec.structs.replace(configured(Settings, _MAIN_CF, verbose=False), **patience)


RULES = _impatient()


def rules(**changes: Any) -> Rules:
    return msgspec.structs.replace(RULES, **changes)


Zone = Mapping[tuple[str, str], Any]


class FakeResolver(Client):
    """Stands at the border of the dns contract: answers out of a table."""

    def __init__(self, zone: Zone) -> None:
        super().__init__("/nonexistent", dns.CONTRACT)
        self.zone = zone
        self.asked: list[tuple[str, str]] = []

    async def ask(self, question: Any) -> Any:
        assert isinstance(question, Lookup)
        key = (question.name, question.record.value)
        self.asked.append(key)
        return self.zone.get(key, NoSuchName())


def names_of(settings: Rules, resolver: Client) -> NameService:
    """By way of ``resolver``, without a log."""
    return name_service(settings, resolver, SmtpLog(MemoryJournal()))


class Field:
    """One service with its pool, and the means to send messages through it."""

    def __init__(self, settings: Rules = RULES, zone: Zone | None = None) -> None:
        self.journal = MemoryJournal()
        self.log = SmtpLog(self.journal)
        self.activity = Activity()
        resolver = FakeResolver(zone or {})
        own = OwnAddresses(settings.inet_interfaces, settings.proxy_interfaces)
        names = name_service(settings, resolver, self.log)
        router = Router(settings, names, own, self.log.skips_service)
        pool = Pool(settings, self.activity)
        opener = Opener(settings, self.log, names, self.activity.leave)
        generic = Generic(settings, open_directly)
        checks = ContentChecks(settings, self.log, Maps)
        self.ways = Ways(settings, router, opener, checks, generic, pool, self.log)

    def attempt(
        self,
        nexthop: str,
        *recipients: str,
        content: bytes | Path = b"Subject: x\r\n\r\nhello\r\n",
        **envelope: Any,
    ) -> Attempt:
        now = time.time()
        to = tuple(Recipient(address) for address in recipients or ("b@y.example",))
        whole = Envelope(**{"sender": "a@x.example", "recipients": to, "arrival": now, **envelope})
        data = content if isinstance(content, bytes) else None
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        request = Deliver("0123456789AB", nexthop, whole, size, now, now, data)
        return Attempt(request, _content(content), self.log)

    @property
    def statuses(self) -> list[str]:
        """``dsn status (text)`` of every recipient, in the order of the log."""
        lines = [line for line in self.journal.lines if ": to=<" in line]
        return [line.partition(", dsn=")[2].replace(", status=", " ", 1) for line in lines]


def _content(content: bytes | Path) -> Content:
    if isinstance(content, bytes):
        return Content(len(content), data=content)
    return Content(content.stat().st_size, descriptor=os.open(content, os.O_RDONLY))
