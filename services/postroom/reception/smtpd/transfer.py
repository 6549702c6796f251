"""One message after another: MAIL, RCPT, DATA, and its content on the way to cleanup."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from msgspec import structs

from postroom.contracts.cleanup import Queued, Refused
from postroom.esmtp.command import Mail, Rcpt, Xforward
from postroom.esmtp.replies import (
    GO_AHEAD,
    RECIPIENT_OK,
    SENDER_OK,
    SIZE_EXCEEDED,
    TOO_BIG,
)
from postroom.esmtp.reply import Reply
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Recipient
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.envelope import envelope_of
from postroom.reception.smtpd.filters import Filters
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transaction import Transaction

_CHUNK_TOO_BIG = Reply(552, "5.3.4", "Chunk exceeds message size limit")
_TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Error: too many recipients")
# The same, but no error: some clients know no other way to find the limit (main.cf:
# smtpd_recipient_overshoot_limit).
TOLERATED = Reply(452, "4.5.3", "Error: too many recipients")
NOT_WRITTEN = Reply(451, "4.3.0", "Error: queue file write error")
# An envelope travels in one frame (ipc.wire.MAX_FRAME), its addresses have up to 1,024 octets
# and their ORCPT half as much. Postfix's own limit is 1,000 unless somebody raises it.
MAX_RECIPIENTS = 4000


class Transfer:
    """The transactions of one session; ``new_transaction`` forgets the present one."""

    def __init__(
        self,
        desk: Desk,
        session: ClientSession,
        new_transaction: Callable[[], Transaction],
        filters: Filters | None,
    ) -> None:
        self._desk = desk
        self._settings = desk.settings
        self._session = session
        self._new_transaction = new_transaction
        self.filters = filters
        self.transaction = new_transaction()

    def reset(self) -> None:
        """Forget the present transaction."""
        self.abandon()
        self.transaction = self._new_transaction()

    def abandon(self) -> None:
        """Tell cleanup that what it got of a message will never be complete, or the log that it
        got nothing."""
        if self.transaction.queue_id and not self.transaction.told:
            self.transaction.told = True
            self._desk.log.canceled(self.transaction.queue_id)
        upload, self.transaction.upload = self.transaction.upload, None
        if upload is not None:
            self._desk.background(upload.abandon())
        if self.filters is not None:
            self._desk.background(self.filters.abort())

    def forward(self, command: Xforward) -> None:
        """The client says where it has the next message from."""
        self.transaction.forwarded = command.over(self.transaction.forwarded)

    def mail(self, command: Mail) -> Reply | Awaitable[Reply]:
        limit = self._settings.message_size_limit
        if limit and command.size > limit:
            self._log_reject("MAIL", SIZE_EXCEEDED)
            return SIZE_EXCEEDED
        if (full := self._desk.full_queue.refusal()) is not None:
            self._log_reject("MAIL", full)
            return full
        if self._desk.gatekeeper.judges_mail or self.filters is not None:
            return self._judged_mail(command)
        if not self._settings.smtpd_delay_open_until_valid_rcpt:
            return self._open(command)
        return self._begin(command)

    async def _judged_mail(self, command: Mail) -> Reply:
        gatekeeper, transaction = self._desk.gatekeeper, self.transaction
        refusal = None
        if gatekeeper.judges_mail:
            refusal = await gatekeeper.mail(self._session, transaction, command.sender)
        if refusal is None and self.filters is not None:
            refusal = await self.filters.mail(command, transaction)
        if refusal is not None:
            return refusal
        if self._settings.smtpd_delay_open_until_valid_rcpt:
            return self._begin(command)
        return await self._open(command)

    def _begin(self, command: Mail) -> Reply:
        self.transaction.mail = command
        self.transaction.arrival = self._desk.now()
        return SENDER_OK

    async def _open(self, command: Mail) -> Reply:
        """Begin with a queue id, though there may never be a recipient."""
        return await self._named(command) or self._begin(command)

    async def _named(self, mail: Mail | None) -> Reply | None:
        """See to it that the message has a queue id; the reply where it cannot have one."""
        transaction = self.transaction
        if not transaction.queue_id:
            try:
                transaction.queue_id = await self._desk.intake.queue_id()
            except Unavailable as error:
                return self._not_written(error)
            author = mail.auth if mail else ""
            self._desk.log.client(
                transaction.queue_id,
                self._session.client,
                author,
                transaction.upstream,
                transaction.forwarded_id,
            )
        return None

    async def rcpt(self, command: Rcpt) -> Reply:
        transaction = self.transaction
        limit = self._settings.smtpd_recipient_limit or MAX_RECIPIENTS
        if len(transaction.recipients) >= min(limit, MAX_RECIPIENTS):
            return self._too_many()
        probe_sender = self._desk.probe_sender
        if probe_sender.is_meant_by(command.recipient, self._desk.now()):
            command = structs.replace(command, recipient=probe_sender.address)
        refusal = await self._desk.gatekeeper.rcpt(self._session, transaction, command.recipient)
        if self.filters is not None:
            if refusal is None:
                refusal = await self.filters.rcpt(command, transaction)
            else:
                await self.filters.refused_rcpt(command, refusal, transaction)
        if refusal is not None:
            return refusal
        if not transaction.queue_id and (failure := await self._named(transaction.mail)):
            return failure
        transaction.recipients.append(
            Recipient(command.recipient, "", command.notify, command.orcpt)
        )
        return RECIPIENT_OK

    def data(self) -> Reply | Awaitable[Reply]:
        if self._desk.gatekeeper.judges_data or self.filters is not None:
            return self._judged_data()
        return GO_AHEAD

    async def _judged_data(self) -> Reply:
        refusal = await self._desk.gatekeeper.data(self._session, self.transaction)
        if refusal is None and self.filters is not None:
            refusal = await self.filters.data(self.transaction)
        return refusal or GO_AHEAD

    def chunk(self, octets: int, size: int) -> Reply:
        """A BDAT that is not the last is in; the message has ``size`` bytes by now."""
        if self._exceeds_limit(size):
            self.reset()
            return _CHUNK_TOO_BIG
        return Reply(250, "2.0.0", f"Ok: {octets} bytes")

    def piece(self, data: bytes, size: int) -> Coroutine[Any, Any, None] | None:
        """More is to come. Of a message that is too large nothing is kept."""
        if not self._exceeds_limit(size):
            return self._pass_on(data)
        self.abandon()
        return None

    async def last(self, data: bytes, size: int, octets: int | None) -> Reply:
        """The end of a message of ``size`` bytes, ``octets`` of them by a last BDAT.

        The transaction is over, whatever the reply.
        """
        if self._exceeds_limit(size):
            reply = TOO_BIG
            self._log_reject("END-OF-MESSAGE", reply)
        else:
            reply = await self._finish(data, "" if octets is None else f"{octets} bytes ")
        self.reset()
        return reply

    def _exceeds_limit(self, size: int) -> bool:
        return 0 < self._settings.message_size_limit < size

    async def _pass_on(self, data: bytes) -> None:
        """Give cleanup a piece of large content; what goes wrong is told at the end."""
        transaction = self.transaction
        if transaction.failure is not None or transaction.discarded:
            return
        try:
            if transaction.upload is None:
                envelope = await envelope_of(transaction, self._session, self._desk)
                transaction.told = True
                transaction.upload = self._desk.intake.upload(
                    transaction.queue_id, envelope, self._filters_key()
                )
                data = transaction.prepended + data
            await transaction.upload.write(data)
        except Unavailable as error:
            transaction.upload = None
            transaction.failure = self._not_written(error)

    async def _finish(self, data: bytes, amount: str) -> Reply:
        """The end of data: nothing but a Queued from cleanup makes it a 250."""
        transaction = self.transaction
        if transaction.upload is not None:
            await self._pass_on(data)
        if transaction.failure is not None:
            return transaction.failure
        refusal = await self._desk.gatekeeper.end_of_data(self._session, transaction)
        if refusal is not None:
            return refusal
        transaction.told = True
        if transaction.discarded:
            return self._queued(transaction.queue_id, amount)
        try:
            if transaction.upload is None:
                answer = await self._desk.intake.submit(
                    transaction.queue_id,
                    await envelope_of(transaction, self._session, self._desk),
                    transaction.prepended + data,
                    self._filters_key(),
                )
            else:
                upload, transaction.upload = transaction.upload, None
                answer = await upload.finish()
        except Unavailable as error:
            return self._not_written(error)
        return self._outcome(answer, amount)

    def _filters_key(self) -> str:
        """By which cleanup names the session to its filters; empty where there are none."""
        return self.filters.handed_over() if self.filters is not None else ""

    def _outcome(self, answer: Queued | Refused, amount: str) -> Reply:
        if isinstance(answer, Refused):
            self._desk.full_queue.note(answer)
            # cleanup has said in the log what there is to say.
            return Reply(answer.reply, answer.code, answer.text)
        return self._queued(answer.queue_id, amount)

    def _queued(self, queue_id: str, amount: str) -> Reply:
        self._session.errors = 0
        self._session.junk_commands = 0
        return Reply(250, "2.0.0", f"Ok: {amount}queued as {queue_id}")

    def _too_many(self) -> Reply:
        self._session.recipient_overshoot += 1
        if self._session.recipient_overshoot <= self._settings.smtpd_recipient_overshoot_limit:
            return TOLERATED
        return _TOO_MANY_RECIPIENTS

    def _not_written(self, error: Exception) -> Reply:
        self._desk.log.warning(f"{self.transaction.queue_id or 'NOQUEUE'}: {error}")
        return NOT_WRITTEN

    def _log_reject(self, stage: str, reply: Reply) -> None:
        """What the client will read, which soft_bounce makes milder."""
        if self._settings.soft_bounce:
            reply = reply.softened
        transaction = self.transaction
        recipients = transaction.recipients
        self._desk.log.verdict(
            "reject",
            transaction.queue_id,
            stage,
            self._session.client,
            reply.line,
            sender=transaction.sender,
            recipient=recipients[0].address if len(recipients) == 1 else None,
        )
