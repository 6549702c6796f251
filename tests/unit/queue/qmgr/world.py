"""A queue manager with its neighbours' sockets served by the test."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from msgspec import structs

from configured import configured
from memory_journal import MemoryJournal
from postroom.contracts import bounce, delivery, qmgr, queue_admin, rewrite, showq
from postroom.contracts.bounce import Sent, Tell
from postroom.contracts.delivery import Deliver, Report
from postroom.contracts.rewrite import AddressClass, Resolve, Resolved, Route
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import QueueIdAllocator
from postroom.mail.status import Outcome
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.admin import Admin
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.farewell import Farewell
from postroom.queue.qmgr.inflow import Inflow
from postroom.queue.qmgr.intake import Intake
from postroom.queue.qmgr.listing import Listing
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.overflow import Overflow
from postroom.queue.qmgr.permission import Permission
from postroom.queue.qmgr.settings import Settings
from postroom.spool.space import FreeSpace
from postroom.spool.store import Spool
from postroom.systemd.activity import Activity
from unit.queue.qmgr.transports import transport

CONTENT = b"Subject: test\r\n\r\nHello\r\n"


def settings(**changes: Any) -> Settings:
    """The defaults with ``changes``, and two transports."""
    transports = (transport("smtp"), transport("retry"))
    defaults = configured(Settings, "myhostname = mail.example.org", transports=transports)
    return structs.replace(defaults, **changes)


def people(count: int, domain: str = "example.com") -> tuple[Recipient, ...]:
    return tuple(Recipient(f"user{i}@{domain}") for i in range(count))


def reply_all(
    code: str, text: str = "text", failure: str = "", **fields: Any
) -> Callable[[Deliver], Report]:
    """An agent that does the same to every recipient."""

    def answer(request: Deliver) -> Report:
        count = len(request.envelope.recipients)
        outcomes = tuple(Outcome(index, code, text, **fields) for index in range(count))
        return Report(outcomes, failure)

    return answer


class World:
    """qmgr with all its sockets below ``run``; what the neighbours got is kept in lists.

    Those whose names are in ``dead`` do not answer.
    """

    def __init__(self, directory: Path, changed: Settings) -> None:
        self.run = directory / "run"
        self.state = directory / "state"
        for path in (self.run, self.state):
            path.mkdir(exist_ok=True)
        self.settings = changed
        self.agent: Callable[[Deliver], Report] = reply_all("2.0.0")
        self.requests: list[Deliver] = []
        self.received: list[bytes] = []
        self.dead: set[str] = set()
        self.hanging = False
        self.telling = True
        self.told: list[Tell] = []
        self.told_with: bounce.Sent | bounce.Unwanted = Sent("0000000000001")
        self.journal = MemoryJournal()
        self._servers: list[Server] = []
        self._listeners: list[socket.socket] = []

    async def start(self) -> None:
        self.activity = Activity()
        self._neighbour("rewrite", rewrite.CONTRACT, self._resolve)
        for name in ("bounce", "defer", "trace"):
            self._neighbour(name, bounce.CONTRACT, self._tell)
        for each in self.settings.transports:
            self._neighbour(each.name, delivery.CONTRACT, self._deliver)
        log = QueueManagerLog(self.journal)
        self.spool = Spool(self.state, log.warning)
        self.ids = QueueIdAllocator(self.spool.highest)
        self.manager = Manager(self.settings, self.spool, log, self.activity)
        self.deferred = DeferredQueue(self.manager, self.activity, self.settings.queue_run_delay)
        space = FreeSpace(self.state, self.settings.queue_minfree, self.settings.message_size_limit)
        inflow = Inflow(self.settings.in_flow_delay, self.settings.default_process_limit)
        overflow = Overflow(self.manager, self.deferred, inflow)
        self.intake = Intake(self.manager, self.ids, space, overflow)
        for message in await self.spool.survivors():
            self.manager.activate(message)
        mail = self._serve("qmgr", qmgr.CONTRACT, self.intake.answerer_for, leaves=False)
        self.activity.when_leaving(self.manager.active.abandon)
        self.activity.when_leaving(Farewell(self.manager, mail).begin)
        self.admin = Admin(self.manager, self.deferred)
        self._serve("queue-admin", queue_admin.CONTRACT, self.admin.answerer_for)
        permission = Permission(self.settings, self.manager.log)
        listing = Listing(self.manager, self.deferred, permission)
        self._serve("showq", showq.CONTRACT, listing.answerer_for)
        self.client = Client(str(self.run / "qmgr"), qmgr.CONTRACT)
        self.superuser = Client(str(self.run / "queue-admin"), queue_admin.CONTRACT)
        self.showq = Client(str(self.run / "showq"), showq.CONTRACT)

    async def restart(self) -> None:
        """Stop and start again; nothing but the directory stays."""
        self.manager.active.abandon()
        await self.stop()
        await self.restart_stopped()

    async def restart_stopped(self) -> None:
        self._servers.clear()
        self._listeners.clear()
        await self.start()

    async def stop(self) -> None:
        self.client.close()
        self.showq.close()
        self.superuser.close()
        self.deferred.stop()
        self.manager.close()
        for server in self._servers:
            server.close()
            server.disconnect()
        for listener in self._listeners:
            listener.close()
        await self.spool.close(self.ids.highest, self.intake.taken.reports())

    async def enqueue(
        self, recipients: tuple[Recipient, ...] = (Recipient("user@example.com"),), **changes: Any
    ) -> tuple[str, object]:
        """Hand a small message over, as cleanup does."""
        lease = await self.client.ask(qmgr.LeaseIds(1))
        queue_id = f"{lease.first:013X}"
        values: dict[str, Any] = {"sender": "me@example.org", "arrival": lease.first / 1e6}
        envelope = Envelope(recipients=recipients, **(values | changes))
        return queue_id, await self.client.ask(qmgr.Enqueue(queue_id, envelope, CONTENT))

    async def quiet(self) -> None:
        """Wait until nothing is active."""
        for _ in range(500):
            if not tuple(self.manager.active):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("still active")

    async def enqueue_large(self, content: bytes) -> tuple[str, object]:
        """Hand a large message over, as cleanup does."""
        lease = await self.client.ask(qmgr.LeaseIds(1))
        queue_id = f"{lease.first:013X}"
        _, (descriptor,) = await self.client.ask_with_descriptors(qmgr.OpenFile(queue_id))
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        envelope = Envelope("me@example.org", (Recipient("user@example.com"),), 0.0)
        question = qmgr.EnqueueFile(queue_id, envelope, len(content))
        return queue_id, await self.client.ask(question)

    async def read(self, queue_id: str) -> tuple[object, bytes]:
        """A message as postcat gets it."""
        answer, (descriptor,) = await self.superuser.ask_with_descriptors(
            queue_admin.Read(queue_id)
        )
        assert isinstance(answer, queue_admin.Message)
        return answer, _content(descriptor, answer.offset, answer.size)

    async def order(
        self, action: queue_admin.Action, queue_id: str, *queues: showq.QueueName
    ) -> bool:
        """Do as postsuper does with one message, in any queue if none is named."""
        question = queue_admin.Apply(action, (queue_id,), queues or tuple(showq.QueueName))
        return (await self.superuser.ask(question)).queue_ids == (queue_id,)

    async def quiet_after(self, condition: Callable[[], object], *, active: bool = False) -> None:
        """Wait until something came true and nothing is active (unless ``active``)."""
        for _ in range(500):
            if condition():
                break
            await asyncio.sleep(0.01)
        assert condition()
        if not active:
            await self.quiet()

    def lines(self, queue_id: str) -> list[str]:
        """What the log says of one message."""
        prefix = f"{queue_id}: "
        return [line.removeprefix(prefix) for line in self.journal.lines if prefix in line]

    def _serve(
        self, name: str, contract: Contract, answerer_for: Any, *, leaves: bool = True
    ) -> Server:
        path = self.run / name
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(100)
        self._listeners.append(listener)
        activity = self.activity if leaves else lambda: self.activity
        server = Server(listener, contract, answerer_for, activity)
        self._servers.append(server)
        return server

    def _neighbour(
        self, name: str, contract: Contract, work: Callable[[Any, list[int]], Awaitable[object]]
    ) -> None:
        async def answer(question: Question[Any], descriptors: list[int]) -> object:
            if name in self.dead:
                raise Unavailable("died")
            return await work(question, descriptors)

        self._serve(name, contract, lambda _: answer)

    async def _resolve(self, question: Resolve, _: list[int]) -> Resolved:
        routes = [
            Route("smtp", address.rpartition("@")[2], address, AddressClass.DEFAULT)
            for address in map(_routed, question.addresses)
        ]
        return Resolved(tuple(routes))

    async def _deliver(self, question: Deliver, descriptors: list[int]) -> Report:
        self.requests.append(question)
        for descriptor in descriptors:
            self.received.append(_content(descriptor, question.offset, question.size))
        while self.hanging:
            await asyncio.sleep(0.01)
        return self.agent(question)

    async def _tell(self, question: Tell, _: list[int]) -> object:
        self.told.append(question)
        while not self.telling:
            await asyncio.sleep(0.01)
        return self.told_with


def _routed(address: str) -> str:
    """``user%there@here`` goes there."""
    local, _, domain = address.rpartition("@")
    return "@".join(local.rsplit("%", 1)) if "%" in local else f"{local}@{domain}"


def _content(descriptor: int, offset: int, size: int) -> bytes:
    try:
        return os.pread(descriptor, size, offset)
    finally:
        os.close(descriptor)


Scenario = Callable[[World], Awaitable[None]]
# Runs a scenario in a world of its own, with these settings.
Play = Callable[..., None]
