"""What mail filters say of one client (main.cf: smtpd_milters), by way of milter."""

from typing import Any, NamedTuple

from postroom.contracts.milter import (
    Abort,
    Close,
    DataBegins,
    Discarded,
    Hello,
    MailFrom,
    Open,
    Opened,
    RcptTo,
    Rejected,
    Stage,
    UnknownCommand,
    Verdict,
    Way,
)
from postroom.esmtp.client_commands import xtext
from postroom.esmtp.command import Mail, Rcpt
from postroom.esmtp.reply import Reply
from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import Question, Unavailable
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transaction import Transaction

_AWAY = Reply(451, "4.7.1", "Service unavailable - try again later")
# In place of filters in a table: this client has none.
_DISABLE = "DISABLE"


class _About(NamedTuple):
    """Whom a line of the log names: a sender who is not accepted yet, and a recipient."""

    sender: str | None = None
    recipient: str | None = None


_NOBODY = _About()


class Filters:
    """Asked at each step of a session; answers with the reply that refuses it, or None.

    ``key`` is what cleanup names the session by when it has the content, empty before ``open``.
    """

    def __init__(self, milter: Client, desk: Desk, session: ClientSession) -> None:
        self._filters = milter
        self._milter = Conversation(milter)
        self._settings = desk.settings
        self._service = desk.settings.service_name
        self._tables = desk.tables
        self._session = session
        self._destinations = desk.resources.destinations
        self._log = desk.log
        self._wanted: frozenset[Stage] = frozenset()
        self._in_message = False
        # What every message of this client is answered, where filters cannot hear of it.
        self._put_off: Reply | None = None
        self.key = ""

    async def open(self, transaction: Transaction, stage: str) -> Reply | None:
        """A client has come (``stage`` CONNECT), or has become another one (XCLIENT).

        Who is put off is told so with MAIL: it is not refused for good.
        """
        filters = await self._own_filters(self._session.client.address)
        if filters == _DISABLE or not (filters or self._settings.smtpd_milters):
            return None
        try:
            opened = await self._milter.ask(self._introduction(filters))
        except Unavailable as error:
            self._put_off = self._away(error)
            return None
        if isinstance(opened, Opened):
            self.key, self._wanted = opened.session, frozenset(opened.wanted)
            return None
        reply = self._refusal(stage, opened, transaction)
        if reply.code >= 500 or reply.closes:
            return reply
        self._put_off = reply
        return None

    def _introduction(self, filters: str) -> Open:
        session = self._session
        resolved = "OK" if session.client.name != "unknown" else "FAIL"
        return Open(
            f"smtpd/{self._service}",
            session.client,
            session.reverse_name,
            "TEMP" if session.name_unsure else resolved,
            session.local_address,
            filters,
        )

    async def _own_filters(self, address: str) -> str:
        """What a table has for this client (smtpd_milter_maps), if anything; one that cannot be
        searched has nothing."""
        for table in self._settings.smtpd_milter_maps:
            try:
                found = await self._tables.find(table, address)
            except LookupFailed:
                self._log.warning(f'{table} lookup error for "{address}"')
                return ""
            if found is not None:
                return _DISABLE if found.strip().upper() == _DISABLE else found
        return ""

    async def hello(self, transaction: Transaction, verb: str) -> Reply | None:
        if "helo" not in self._wanted:
            return None
        return await self._ask(verb, Hello(self.key, self._session.client), transaction)

    async def mail(self, command: Mail, transaction: Transaction) -> Reply | None:
        """Begins a message, whether or not a filter wants to hear of this."""
        if not self.key:
            return self._put_off
        self._in_message = True
        sender, way = command.sender, await self._way(command.sender)
        question = MailFrom(self.key, self._session.client, sender, _of_mail(command), way)
        return await self._ask("MAIL", question, transaction, _About(command.sender))

    async def rcpt(self, command: Rcpt, transaction: Transaction) -> Reply | None:
        if "rcpt" not in self._wanted:
            return None
        recipient = command.recipient
        queue_id, way = transaction.queue_id or None, await self._way(recipient)
        question = RcptTo(self.key, queue_id, recipient, _of_rcpt(command), way)
        return await self._ask("RCPT", question, transaction, _About(None, recipient))

    async def refused_rcpt(self, command: Rcpt, reply: Reply, transaction: Transaction) -> None:
        """For filters that want to hear of recipients which are refused anyway."""
        if "refused" not in self._wanted:
            return
        recipient, queue_id = command.recipient, transaction.queue_id or None
        text = reply.text.removeprefix(f"<{recipient}>: ").replace("\n", " ")
        way = Way("error", reply.status, text)
        parameters = _of_rcpt(command)
        await self._tell(RcptTo(self.key, queue_id, recipient, parameters, way, refused=True))

    async def _way(self, address: str) -> Way | None:
        """Filters can do without it where it cannot be found out now."""
        try:
            route = await self._destinations.route(address)
        except LookupFailed as failure:
            self._log.warning(str(failure))
            return None
        return Way(route.transport, route.nexthop, route.recipient)

    async def data(self, transaction: Transaction) -> Reply | None:
        if "data" not in self._wanted:
            return None
        first = transaction.recipients[0].address if transaction.recipients else None
        return await self._ask("DATA", DataBegins(self.key), transaction, _About(None, first))

    async def unknown(self, line: str, transaction: Transaction) -> Reply | None:
        if "unknown" not in self._wanted:
            return None
        return await self._ask("UNKNOWN", UnknownCommand(self.key, line), transaction)

    def handed_over(self) -> str:
        """cleanup gets the message, and with this key the filters' ear."""
        self._in_message = False
        return self.key

    async def abort(self) -> None:
        """The message will not be completed."""
        if self._in_message:
            self._in_message = False
            await self._tell(Abort(self.key))

    async def begin_anew(self) -> None:
        """The client has become another one, which is opened next."""
        self._in_message = False
        await self.close()
        self._milter = Conversation(self._filters)
        self._wanted = frozenset()
        self._put_off = None
        self.key = ""

    async def close(self) -> None:
        """The client has gone."""
        if self.key:
            await self._tell(Close(self.key))
        self._milter.close()

    async def _tell(self, question: Question[Any]) -> None:
        try:
            await self._milter.ask(question)
        except Unavailable:
            # Who cannot hear that it is over does not remember that it began.
            return

    async def _ask(
        self,
        stage: str,
        question: Question[Verdict],
        transaction: Transaction,
        about: _About = _NOBODY,
    ) -> Reply | None:
        try:
            verdict = await self._milter.ask(question)
        except Unavailable as error:
            return self._away(error)
        if isinstance(verdict, Rejected):
            return self._refusal(stage, verdict, transaction, about)
        if isinstance(verdict, Discarded) and not transaction.discarded:
            transaction.discarded = True
            why = "milter triggers DISCARD action"
            self._told("milter-discard", stage, why, transaction, about)
        return None

    def _refusal(
        self,
        stage: str,
        verdict: Rejected,
        transaction: Transaction,
        about: _About = _NOBODY,
    ) -> Reply:
        reply = Reply(verdict.reply, verdict.code, verdict.text)
        self._told("milter-reject", stage, reply.as_sent, transaction, about)
        return reply

    def _told(
        self, action: str, stage: str, text: str, transaction: Transaction, about: _About
    ) -> None:
        self._log.verdict(
            action,
            transaction.queue_id,
            stage,
            self._session.client,
            text,
            sender=transaction.sender if about.sender is None else about.sender,
            recipient=about.recipient,
        )

    def _away(self, error: Unavailable) -> Reply:
        self._log.warning(f"milter: {error}")
        return _AWAY


def filters_of(desk: Desk, session: ClientSession) -> Filters | None:
    """Those of a new client; None where nobody filters."""
    if desk.milter is None:
        return None
    return Filters(desk.milter, desk, session)


def _of_mail(command: Mail) -> tuple[str, ...]:
    """The parameters of the command, as a client writes them."""
    found = (
        f"SIZE={command.size}" if command.size else "",
        f"BODY={command.body}" if command.body else "",
        "SMTPUTF8" if command.smtputf8 else "",
        f"RET={command.ret}" if command.ret else "",
        f"ENVID={xtext(command.envid)}" if command.envid else "",
    )
    return tuple(filter(None, found))


def _of_rcpt(command: Rcpt) -> tuple[str, ...]:
    kind, _, address = command.orcpt.partition(";")
    notify = ",".join(one.value for one in command.notify)
    found = (
        f"NOTIFY={notify}" if notify else "",
        f"ORCPT={kind};{xtext(address)}" if address else "",
    )
    return tuple(filter(None, found))
