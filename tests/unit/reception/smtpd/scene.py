"""A whole smtpd on a loopback port, among peers that are made up."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from msgspec import structs

from memory_journal import MemoryJournal
from postroom.config.configuration import load
from postroom.contracts import cleanup, dns, milter, policy_client, proxymap, rewrite, showq, verify
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueIdAllocator
from postroom.maillog.postscreen import PostscreenLog
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.listening import Background, Listening
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.wiring import Peers, open_desk
from postroom.systemd.activity import Activity
from postroom.systemd.service import new_event_loop

CLASSES = {
    "example.com": rewrite.AddressClass.LOCAL,
    "alias.example": rewrite.AddressClass.VIRTUAL_ALIAS,
    "mailbox.example": rewrite.AddressClass.VIRTUAL_MAILBOX,
    "relay.example": rewrite.AddressClass.RELAY,
}
USERS = "hash:/users"
_MAIN_CF = """
compatibility_level = 3.9
myhostname = mail.example.com
mydestination = example.com
mynetworks = 192.0.2.0/24
smtpd_banner = mail.example.com ESMTP
notify_classes =
"""


@cache
def _defaults() -> Settings:
    with TemporaryDirectory() as name:
        (Path(name) / "main.cf").write_text(_MAIN_CF)
        (Path(name) / "master.cf").write_text("")
        return load(Path(name)).settings(
            Settings, service_name="smtp", screens=False, process_limit=0, verbose=False
        )


class World:
    """The peers: what they know, and what they were given."""

    def __init__(self) -> None:
        self.mail: list[tuple[str, Envelope, bytes]] = []
        self.abandoned: list[str] = []
        self.outcome: Callable[[str], Any] = cleanup.Queued
        self.tables: dict[str, dict[str, str]] = {USERS: {"user": "x", "other": "x"}}
        self.names: dict[tuple[str, str], tuple[str, ...]] = {}
        self.objections: dict[type[Question[Any]], Any] = {}
        self.filters: list[str] = []
        self.action = "DUNNO"
        self.found = [verify.Verified(verify.State.DELIVERABLE, "")]
        self.down: set[str] = set()
        self.asked: list[Question[Any]] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self._ids = QueueIdAllocator(0)
        self._open: dict[str, tuple[Envelope, list[bytes]]] = {}

    async def cleanup(self, question: Question[Any], _: list[int]) -> Any:
        self._note("cleanup", question)
        match question:
            case cleanup.LeaseIds():
                return self._ids.lease(16, time.time())
            case cleanup.Submit(queue_id, envelope, content, _, filters):
                self.filters.append(filters)
                return await self._take(queue_id, envelope, content)
            case cleanup.Begin(queue_id, envelope, _, filters):
                self.filters.append(filters)
                self._open[queue_id] = (envelope, [])
            case cleanup.Chunk(queue_id, data):
                await self.hold.wait()
                self._open[queue_id][1].append(data)
            case cleanup.End(queue_id):
                envelope, pieces = self._open.pop(queue_id)
                return await self._take(queue_id, envelope, b"".join(pieces))
            case cleanup.Abandon(queue_id):
                self.abandoned.append(queue_id)
        return cleanup.Ready()

    async def _take(self, queue_id: str, envelope: Envelope, content: bytes) -> Any:
        await self.hold.wait()
        answer = self.outcome(queue_id)
        if isinstance(answer, cleanup.Queued):
            self.mail.append((queue_id, envelope, content))
        return answer

    async def rewrite(self, question: Question[Any], _: list[int]) -> Any:
        self._note("rewrite", question)
        match question:
            case rewrite.Rewrite(_, addresses):
                return rewrite.Rewritten(tuple(f"{one}@example.com" for one in addresses))
            case rewrite.Resolve(_, addresses):
                return rewrite.Resolved(tuple(map(_route, addresses)))

    async def proxymap(self, question: Question[Any], _: list[int]) -> Any:
        self._note("proxymap", question)
        assert isinstance(question, proxymap.Lookup)
        table = self.tables.get(question.table)
        if question.table.startswith("regexp:{{"):
            return proxymap.NotFound()
        if table is None:
            return proxymap.TryAgain("no such table")
        value = table.get(question.key)
        return proxymap.NotFound() if value is None else proxymap.Found(value)

    async def dns(self, question: Question[Any], _: list[int]) -> Any:
        self._note("dns", question)
        assert isinstance(question, dns.Lookup)
        if question.name.startswith("unsure"):
            return dns.TryAgain("SERVFAIL")
        data = self.names.get((question.name, question.record.value))
        if data is None:
            return dns.NoSuchName()
        records = [dns.Record(one, number) for number, one in enumerate(data)]
        return dns.Answer(tuple(records), 60)

    async def showq(self, question: Question[Any], _: list[int]) -> Any:
        self._note("showq", question)
        return cleanup.Ready()

    async def milter(self, question: Question[Any], _: list[int]) -> Any:
        """The filters object to what ``objections`` has for a kind of question."""
        self._note("milter", question)
        if isinstance(question, milter.Open) and milter.Open not in self.objections:
            return milter.Opened("0" * 32, ("helo", "mail", "rcpt", "data", "unknown"))
        return self.objections.get(type(question), milter.Proceed())

    async def policy(self, question: Question[Any], _: list[int]) -> Any:
        self._note("policy", question)
        return policy_client.Action(self.action)

    async def verify(self, question: Question[Any], _: list[int]) -> Any:
        """As ``found`` has it, whatever the address is."""
        self._note("verify", question)
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]

    def _note(self, peer: str, question: Question[Any]) -> None:
        self.asked.append(question)
        if peer in self.down:
            raise Unavailable("down")


# What relocated and transport tables say of some domains.
HOPS = {
    "moved.example": ("error", "5.1.6 User has moved to new.example"),
    "closed.example": ("error", "no such office"),
    "later.example": ("error", "4.2.1 moving house"),
}


def _route(address: str) -> rewrite.Route:
    domain = address.rpartition("@")[2].lower()
    address_class = CLASSES.get(domain, rewrite.AddressClass.DEFAULT)
    transport, nexthop = HOPS.get(domain, ("local", domain))
    return rewrite.Route(transport, nexthop, address, address_class)


class Talker:
    """An SMTP client that says what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def reply(self) -> str:
        """One reply, its lines joined; empty at the end of the session."""
        text = ""
        while line := (await asyncio.wait_for(self._reader.readline(), 5)).decode():
            text += line
            if line[3:4] != "-":
                break
        return text.rstrip("\r\n")

    def send(self, data: bytes | str) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)

    async def say(self, line: str) -> str:
        self.send(f"{line}\r\n")
        return await self.reply()

    async def start_tls(
        self, context: ssl.SSLContext | None = None, name: str | None = None
    ) -> None:
        """Shake hands, trusting anybody, asking for a name; raises ssl.SSLError."""
        if context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        await self.writer.start_tls(context, server_hostname=name)

    async def greet(self, helo: str = "EHLO client.example") -> None:
        await self.reply()
        await self.say(helo)

    async def mail(self, *recipients: str, sender: str = "a@client.example") -> list[str]:
        """Replies to MAIL and to each RCPT."""
        replies = [await self.say(f"MAIL FROM:<{sender}>")]
        return replies + [await self.say(f"RCPT TO:<{one}>") for one in recipients]

    async def message(self, content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> str:
        """The reply at the end of data."""
        reply = await self.say("DATA")
        if not reply.startswith("354"):
            return reply
        self.send(content + b".\r\n")
        return await self.reply()

    async def quit(self) -> None:
        await self.say("QUIT")
        assert await self.reply() == ""
        self.writer.close()


class Scene:
    """One smtpd; clients seem to come from ``client_address``."""

    def __init__(
        self, world: World, journal: MemoryJournal, port: int, listening: Listening
    ) -> None:
        self.world = world
        self.journal = journal
        self.activity = listening._activity
        self.listening = listening
        self._port = port
        self._talkers: list[Talker] = []

    async def connect(self) -> Talker:
        talker = Talker(*await asyncio.open_connection("127.0.0.1", self._port))
        self._talkers.append(talker)
        return talker

    async def client(self) -> Talker:
        """A client that has read the greeting and said EHLO."""
        talker = await self.connect()
        await talker.greet()
        return talker

    def log(self, part: str) -> list[str]:
        """The lines with ``part`` in them."""
        return [line for line in self.journal.lines if part in line]

    async def end(self) -> None:
        """Every client hangs up; smtpd has to notice."""
        for talker in self._talkers:
            talker.writer.close()
        async with asyncio.timeout(5):
            while self.activity.busy:
                await asyncio.sleep(0.005)
        await self.listening.drain()


def settings_with(**changes: object) -> Settings:
    """The defaults with ``changes``."""
    return structs.replace(_defaults(), **changes)


def play(
    directory: Path,
    story: Callable[[Scene], Awaitable[None]],
    stress: Mapping[str, object] = MappingProxyType({}),
    **changes: object,
) -> Scene:
    """Run ``story`` with an smtpd whose settings are the defaults with ``changes``, and under
    overload with what ``stress`` has besides."""
    base: dict[str, object] = {"local_recipient_maps": (USERS,), "smtpd_error_sleep_time": 0.01}
    settings = settings_with(**(base | changes))

    async def run() -> Scene:
        world, journal, activity = World(), MemoryJournal(), Activity()
        with _peers(directory, world) as peers:
            screen_log = PostscreenLog(journal) if settings.screens else None
            desk = open_desk(settings, SmtpdLog(journal), peers, Background(activity), screen_log)
            stressed = desk.under_stress(structs.replace(settings, **stress))
            listening = Listening(desk, activity, stressed)
            listener = socket.create_server(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            await listening.accept([listener])
            scene = Scene(world, journal, port, listening)
            try:
                await story(scene)
            finally:
                await scene.end()
        return scene

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(run())


@contextmanager
def _peers(directory: Path, world: World) -> Iterator[Peers]:
    contracts: dict[str, Contract] = {
        "cleanup": cleanup.CONTRACT,
        "rewrite": rewrite.CONTRACT,
        "proxymap": proxymap.CONTRACT,
        "dns": dns.CONTRACT,
        "showq": showq.CONTRACT,
        "milter": milter.CONTRACT,
        "policy": policy_client.CONTRACT,
        "verify": verify.CONTRACT,
    }
    clients, servers, listeners = {}, [], []
    activity = Activity()
    for name, contract in contracts.items():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(directory / name))
        listener.listen(100)
        answer = getattr(world, name)
        servers.append(Server(listener, contract, lambda _, answer=answer: answer, activity))
        clients[name] = Client(str(directory / name), contract)
        listeners.append(listener)
    try:
        yield Peers(**clients)
    finally:
        for client in clients.values():
            client.close()
        for server in servers:
            server.close()
            server.disconnect()
        for listener in listeners:
            listener.close()
