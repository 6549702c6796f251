"""What cleanup talks to in these tests: qmgr and trivial-rewrite at their contracts' borders."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from configured import configured
from memory_journal import MemoryJournal
from postroom.cleanup.__main__ import Peers, works
from postroom.cleanup.conversation import Conversation
from postroom.cleanup.leases import Leases
from postroom.cleanup.settings import Settings
from postroom.contracts import cleanup, milter, qmgr, rewrite
from postroom.contracts.cleanup import Ready, Refused
from postroom.contracts.qmgr import Stored
from postroom.contracts.rewrite import Context, Rewritten, TryAgain
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.server import Answerer, Server, WithDescriptors
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueIdAllocator
from postroom.maillog.cleanup import CleanupLog

_MAIN_CF = """
myhostname = host.example
mydestination = host.example, localhost
"""
DEFAULTS = configured(Settings, _MAIN_CF, service_name="cleanup")
# What qmgr has before the content in a file that it hands out.
QMGRS_OWN = b"header"


class Qmgr:
    """Keeps what it is handed; ``refuse`` is the answer to everything once it is set, and none
    comes while it is ``away``."""

    def __init__(self) -> None:
        self.stored: dict[str, tuple[Envelope, bytes]] = {}
        self.open: dict[str, Path] = {}
        self.refuse: Refused | None = None
        self.away = False
        self._ids = QueueIdAllocator(0)

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        assert not descriptors
        if self.away:
            raise Unavailable("qmgr is away")
        match question:
            case qmgr.LeaseIds(count):
                return self._ids.lease(count, 1_700_000_000.0)
            case _ if self.refuse is not None:
                return self.refuse
            case qmgr.Enqueue(queue_id, envelope, content):
                self.stored[queue_id] = (envelope, content)
            case qmgr.OpenFile(queue_id):
                assert queue_id not in self.open
                descriptor, name = tempfile.mkstemp()
                os.write(descriptor, QMGRS_OWN)
                self.open[queue_id] = Path(name)
                return WithDescriptors(Ready(), [descriptor])
            case qmgr.EnqueueFile(queue_id, envelope, size):
                path = self.open.pop(queue_id)
                content = path.read_bytes().removeprefix(QMGRS_OWN)
                path.unlink()
                assert size == len(content)
                self.stored[queue_id] = (envelope, content)
            case qmgr.DropFile(queue_id):
                self.open.pop(queue_id).unlink()
                return Ready()
        return Stored()


class TrivialRewrite:
    """Completes addresses as trivial-rewrite would for host.example; counts the questions."""

    def __init__(self) -> None:
        self.questions = 0
        self.away = ""

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        assert isinstance(question, rewrite.Rewrite)
        self.questions += 1
        if self.away:
            return TryAgain(self.away)
        domain = "host.example" if question.context is Context.LOCAL else "remote.invalid"
        return Rewritten(tuple(a if "@" in a else f"{a}@{domain}" for a in question.addresses))


class Milter:
    """Notes what it is shown, and answers ``says``, with a descriptor of ``new_body`` if set."""

    def __init__(self) -> None:
        self.says: Any = milter.Filtered()
        self.new_body: Path | None = None
        self.asked: list[Any] = []
        self.bodies: list[bytes] = []

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        assert isinstance(question, milter.Content | milter.LocalMessage)
        self.asked.append(question)
        body = question.body
        for descriptor in descriptors:
            body = os.pread(descriptor, 10_000_000, question.start)
            os.close(descriptor)
        assert body is not None
        self.bodies.append(body)
        if self.new_body is None:
            return self.says
        return WithDescriptors(self.says, [os.open(self.new_body, os.O_RDONLY)])


class Bench:
    """cleanup itself, and all around it."""

    def __init__(self, client: Client, log: MemoryJournal) -> None:
        self.client = client
        self.journal = log
        self.qmgr = Qmgr()
        self.rewrite = TrivialRewrite()
        self.milter = Milter()


@asynccontextmanager
async def bench(**settings: Any) -> AsyncIterator[Bench]:
    """A running cleanup with these parameters, reached over its own socket."""
    with tempfile.TemporaryDirectory() as directory:
        async with _bench(Path(directory), settings) as here:
            yield here


@asynccontextmanager
async def _bench(directory: Path, settings: dict[str, Any]) -> AsyncIterator[Bench]:
    journal = MemoryJournal()
    client = Client(str(directory / "cleanup"), cleanup.CONTRACT)
    here = Bench(client, journal)
    parameters = {name: getattr(DEFAULTS, name) for name in DEFAULTS.__struct_fields__}
    queue = Client(str(directory / "qmgr"), qmgr.CONTRACT)
    rewriting = Client(str(directory / "rewrite"), rewrite.CONTRACT)
    filters = Client(str(directory / "milter"), milter.CONTRACT)
    peers = Peers(queue, rewriting, filters)
    parts = works(Settings(**parameters | settings), peers, CleanupLog(journal))
    leases = Leases(queue)

    def conversation(caller: Any) -> Answerer:
        talk = Conversation(parts, leases)
        caller.on_close.append(talk.close)
        return talk.answer

    servers = [
        serve(directory / "qmgr", qmgr.CONTRACT, lambda _: here.qmgr.answer),
        serve(directory / "rewrite", rewrite.CONTRACT, lambda _: here.rewrite.answer),
        serve(directory / "milter", milter.CONTRACT, lambda _: here.milter.answer),
        serve(directory / "cleanup", cleanup.CONTRACT, conversation),
    ]
    try:
        yield here
    finally:
        for end in (client, queue, rewriting, filters):
            end.close()
        for server, listener in servers:
            server.close()
            server.disconnect()
            listener.close()
        for path in here.qmgr.open.values():
            path.unlink()
        await asyncio.sleep(0)


def serve(
    path: Path, contract: Contract, answerer_for: Callable[[Any], Answerer]
) -> tuple[Server, socket.socket]:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return Server(listener, contract, answerer_for, nullcontext), listener
