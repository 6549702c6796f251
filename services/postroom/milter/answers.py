"""Answers the questions of one caller: its sessions, each by its key."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

from postroom.config.braces import UnbalancedBraces
from postroom.config.endpoint import BadServer
from postroom.contracts.milter import (
    Abort,
    Close,
    Content,
    DataBegins,
    Discarded,
    Hello,
    LocalMessage,
    MailFrom,
    Open,
    Opened,
    Proceed,
    RcptTo,
    Rejected,
    UnknownCommand,
    Verdict,
)
from postroom.ipc.contract import BrokenContract, Question, Unavailable
from postroom.ipc.server import WithDescriptors
from postroom.mail.envelope import Client
from postroom.maillog.milter import MilterLog
from postroom.milter.body import Body
from postroom.milter.header_checks import HeaderChecks
from postroom.milter.protocol.answers import MISCONFIGURED
from postroom.milter.session import Result, Session
from postroom.milter.settings import FilterSet
from postroom.tables.table import TableError

# What a filter is told of mail that came by sendmail (MILTER_README, "Non-SMTP filters").
_NO_KEY = "0" * 32
_LOCAL_CLIENT = Client("localhost", "127.0.0.1", 0, "localhost", "SMTP")


class Sessions:
    """All that are open, whoever opened them: cleanup brings the content of smtpd's."""

    def __init__(self, filter_sets: dict[str, FilterSet], log: MilterLog) -> None:
        self._filter_sets = filter_sets
        self._log = log
        self._open: dict[str, Session] = {}
        self._checks: dict[tuple[str, ...], HeaderChecks] = {}

    def new(self, service: str, filters: str = "") -> Session:
        """With ``filters`` in place of the service's own. Raises BadServer for what is none, and
        Unavailable where the caller knows of filters that we do not."""
        try:
            known = self._filter_sets[service]
        except KeyError:
            raise Unavailable(f"no filters are known of {service}") from None
        return Session(known.named(filters) if filters else known, self._log)

    def misconfigured(self, filters: str, reason: str) -> Rejected:
        """What the client of such filters is told."""
        self._log.bad_filter(filters, reason)
        code, status, text = MISCONFIGURED
        return Rejected(code, status, text)

    def checks(self, tables: tuple[str, ...]) -> HeaderChecks:
        """Those of a cleanup, of whom there are few."""
        found = self._checks.get(tables)
        if found is None:
            found = self._checks[tables] = HeaderChecks(tables)
        return found

    def keep(self, session: Session) -> str:
        """The key by which whoever has it can name the session."""
        key = secrets.token_hex(16)
        self._open[key] = session
        return key

    def find(self, key: str) -> Session:
        """Raises Unavailable: its process may be the one before this."""
        try:
            return self._open[key]
        except KeyError:
            raise Unavailable("that session is over") from None

    def close(self, key: str) -> None:
        session = self._open.pop(key, None)
        if session is not None:
            session.close()


class Answers:
    """What was opened by this connection ends with it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._ours: set[str] = set()

    def close(self) -> None:
        for key in self._ours:
            self._sessions.close(key)
        self._ours.clear()

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Any:
        expected = isinstance(question, Content | LocalMessage) and question.body is None
        if len(descriptors) != expected:
            for descriptor in descriptors:
                os.close(descriptor)
            raise BrokenContract("milter: a descriptor too many, or none")
        if isinstance(question, Content | LocalMessage):
            descriptor = descriptors[0] if descriptors else -1
            with closing(Body(question.body, descriptor, question.start)) as body:
                return await self._filtered(question, body)
        if isinstance(question, Open):
            return await self._open(question)
        return await self._event(question)

    async def _event(self, question: Any) -> object:
        if isinstance(question, Close):
            self._ours.discard(question.session)
            self._sessions.close(question.session)
            return Proceed()
        session = self._sessions.find(question.session)
        match question:
            case Hello(_, client):
                return await session.hello(client)
            case MailFrom():
                return await session.mail(question)
            case RcptTo():
                return await session.rcpt(question)
            case DataBegins():
                return await session.data()
            case UnknownCommand(_, line):
                return await session.unknown(line)
        assert isinstance(question, Abort)
        await session.abort()
        return Proceed()

    async def _open(self, question: Open) -> Opened | Rejected:
        try:
            session = self._sessions.new(question.service, question.filters)
        except (BadServer, UnbalancedBraces) as error:
            return self._sessions.misconfigured(question.filters, str(error))
        verdict = await session.open(question)
        if isinstance(verdict, Rejected):
            session.close()
            return verdict
        key = self._sessions.keep(session)
        self._ours.add(key)
        return Opened(key, session.wanted)

    async def _filtered(self, question: Content | LocalMessage, body: Body) -> object:
        checks = self._sessions.checks(question.checks)
        try:
            if isinstance(question, Content):
                session = self._sessions.find(question.session)
                return _sent(await session.content(question, body, checks))
            # A session of its own, as if somebody on this machine had sent the message by SMTP.
            with closing(self._sessions.new(question.service)) as session:
                refused = await _introduce(session, question)
                if refused is not None:
                    return refused
                return _sent(await session.content(question, body, checks))
        except TableError as error:
            raise Unavailable(str(error)) from None


async def _introduce(session: Session, message: LocalMessage) -> Rejected | Discarded | None:
    """All that comes before the content; what a filter has against it, if anything."""
    async for verdict in _introduction(session, message):
        if not isinstance(verdict, Proceed):
            return verdict
    return None


async def _introduction(session: Session, message: LocalMessage) -> AsyncIterator[Verdict]:
    envelope = message.envelope
    host = "localhost"
    yield await session.open(Open(message.service, _LOCAL_CLIENT, host, "OK", "127.0.0.1"))
    yield await session.hello(_LOCAL_CLIENT)
    key, queue_id = _NO_KEY, message.queue_id
    yield await session.mail(MailFrom(key, _LOCAL_CLIENT, envelope.sender, ()), queue_id)
    for recipient in envelope.recipients:
        yield await session.rcpt(RcptTo(key, queue_id, recipient.address, ()))
    yield await session.data()


def _sent(result: Result) -> object:
    answer, descriptors = result
    return WithDescriptors(answer, descriptors) if descriptors else answer
