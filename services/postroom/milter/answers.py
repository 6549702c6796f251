"""Answers the questions of one caller, in sessions that it opened, or another one did."""

import os
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
from postroom.milter.body import Body
from postroom.milter.session import Result, Session
from postroom.milter.sessions import Sessions
from postroom.tables.table import TableError

# What a filter is told of mail that came by sendmail (MILTER_README, "Non-SMTP filters").
_NO_KEY = "0" * 32
_LOCAL_CLIENT = Client("localhost", "127.0.0.1", 0, "localhost", "SMTP")


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
