"""The components that others ask, each behind a socket of its own, as on the machine."""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from msgspec import structs

from postroom.cleanup.__main__ import Peers, works
from postroom.cleanup.conversation import Conversation
from postroom.cleanup.leases import Leases
from postroom.cleanup.settings import Settings as CleanupSettings
from postroom.contracts import cleanup, dns, milter, proxymap, qmgr, rewrite
from postroom.explanation.configured import Services
from postroom.explanation.queue import MemoryQueue
from postroom.explanation.record import (
    Completed,
    Named,
    Record,
    RecordedJournal,
    Resolved,
    Searched,
)
from postroom.explanation.watched_masquerade import WatchedMasquerade
from postroom.explanation.watched_tables import parameters_with, watched_tables
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question
from postroom.ipc.server import Answerer, Caller, Server
from postroom.ipc.serving import for_each_caller
from postroom.lookup.dns.__main__ import answerer_of
from postroom.lookup.proxymap.answers import Answers as ProxymapAnswers
from postroom.lookup.proxymap.served_tables import ServedTables
from postroom.lookup.trivial_rewrite.__main__ import answers_of
from postroom.lookup.trivial_rewrite.settings import Settings as RewriteSettings
from postroom.maillog.cleanup import CleanupLog
from postroom.maillog.dns import DnsLog
from postroom.maillog.proxymap import ProxymapLog
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.reception.smtpd.settings import Settings as SmtpdSettings

Note = Callable[[Any, Any], None]


class Components:
    """Started one after the other in ``directory``; all end with ``stack``."""

    def __init__(
        self, directory: Path, services: Services, record: Record, stack: ExitStack
    ) -> None:
        self.queue = MemoryQueue()
        self.directory = directory
        self._services = services
        self._record = record
        self._stack = stack
        self._serve(qmgr.CONTRACT, lambda _: self.queue.answer)
        self._start_rewrite()
        self._start_dns()
        self._start_cleanup()

    def client(self, contract: Contract) -> Client:
        """A new client of a component."""
        client = Client(str(self.directory / contract.name), contract)
        self._stack.callback(client.close)
        return client

    def start_proxymap(self, settings: SmtpdSettings) -> None:
        """Serve the tables that this smtpd names."""
        fields = (getattr(settings, name) for name in settings.__struct_fields__)
        words = (word for value in fields if isinstance(value, tuple) for word in value)
        log = ProxymapLog(RecordedJournal("proxymap", self._record))
        answers = ProxymapAnswers(ServedTables(words), log, lambda: None)

        def note(question: proxymap.Lookup, answer: ProxymapAnswer) -> None:
            table = question.table.removeprefix("proxy:")
            value = answer.value if isinstance(answer, proxymap.Found) else None
            error = answer.reason if isinstance(answer, proxymap.TryAgain) else ""
            parameters = parameters_with(settings, table)
            self._record.add(Searched("smtpd", parameters, table, question.key, value, error))

        self._serve(proxymap.CONTRACT, lambda _: _noted(answers.answer, note))

    def _start_rewrite(self) -> None:
        settings = self._services.settings(RewriteSettings, "trivial-rewrite")
        log = TrivialRewriteLog(RecordedJournal("trivial-rewrite", self._record))
        with watched_tables(self._record, "trivial-rewrite", settings):
            answers = answers_of(settings, log)
            self._serve(rewrite.CONTRACT, lambda _: _noted(answers.answer, self._note_rewrite))

    def _note_rewrite(self, question: Question[Any], answer: Any) -> None:
        match question, answer:
            case rewrite.Rewrite(_, addresses), rewrite.Rewritten(became):
                for old, new in zip(addresses, became, strict=True):
                    if old != new:
                        self._record.add(Completed(old, new))
            case rewrite.Resolve(_, addresses), rewrite.Resolved(routes):
                for address, route in zip(addresses, routes, strict=True):
                    self._record.add(_resolved(address, route))

    def _start_dns(self) -> None:
        answerer = answerer_of(DnsLog(RecordedJournal("dns", self._record)))

        def note(question: dns.Lookup, answer: Any) -> None:
            self._record.add(Named(question.name, question.record.value, _data(answer)))

        self._serve(dns.CONTRACT, lambda caller: _noted(answerer.answerer_for(caller), note))

    def _start_cleanup(self) -> None:
        settings = self._services.settings(CleanupSettings, "cleanup")
        # Filters would take it for mail.
        settings = structs.replace(settings, non_smtpd_milters=())
        log = CleanupLog(RecordedJournal("cleanup", self._record))
        queue = self.client(qmgr.CONTRACT)
        with watched_tables(self._record, "cleanup", settings):
            peers = Peers(queue, self.client(rewrite.CONTRACT), self.client(milter.CONTRACT))
            parts = works(settings, peers, log, WatchedMasquerade(settings, log, self._record))
            leases = Leases(queue)
            answerer_for = for_each_caller(lambda: Conversation(parts, leases))
            self._serve(cleanup.CONTRACT, answerer_for)

    def _serve(self, contract: Contract, answerer_for: Callable[[Caller], Answerer]) -> None:
        listener = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(self.directory / contract.name))
        listener.listen()
        server = Server(listener, contract, answerer_for, nullcontext)
        self._stack.callback(server.disconnect)
        self._stack.callback(server.close)


ProxymapAnswer = proxymap.Found | proxymap.NotFound | proxymap.TryAgain


@contextmanager
def components(directory: Path, services: Services, record: Record) -> Iterator[Components]:
    """All of them; ``directory`` is for their sockets. Raises ConfigError, NoService."""
    with ExitStack() as stack:
        yield Components(directory, services, record, stack)


def _noted(answerer: Callable[[Any, list[int]], Awaitable[Any]], note: Note) -> Answerer:
    """The same answerer, and a note of each question with its answer."""

    async def answer(question: Question[Any], descriptors: list[int]) -> Any:
        answered = await answerer(question, descriptors)
        note(question, answered)
        return answered

    return answer


def _resolved(address: str, route: rewrite.Route) -> Resolved:
    return Resolved(address, route.recipient, route.address_class, route.transport, route.nexthop)


def _data(answer: Any) -> str:
    if isinstance(answer, dns.Answer):
        return ", ".join(one.data for one in answer.records)
    return type(answer).__name__
