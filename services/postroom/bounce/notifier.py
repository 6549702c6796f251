"""Answer one question of the queue manager: compose the reports, and have them queued."""

import os
import time
from typing import Any
from zlib import crc32

from postroom.bounce.audience import Audience, Notice
from postroom.bounce.original import Original, read_original
from postroom.bounce.report import Composer
from postroom.bounce.settings import Settings
from postroom.contracts.bounce import Kind, Sent, Tell, Unwanted
from postroom.contracts.cleanup import Queued, Refused
from postroom.contracts.intake import Intake
from postroom.ipc.contract import BrokenContract, Question, Unavailable
from postroom.mail.envelope import MAX_ADDRESS, Envelope, Recipient
from postroom.maillog.bounce import BounceLog


class Notifier:
    def __init__(self, settings: Settings, intake: Intake, log: BounceLog) -> None:
        self._audience = Audience(settings)
        self._composer = Composer(settings)
        self._limit = settings.bounce_size_limit
        self._intake = intake
        self._log = log

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Sent | Unwanted:
        """Raises BrokenContract, or Unavailable if the report cannot be queued now."""
        assert isinstance(question, Tell)
        try:
            _check(question)
            original = read_original(question, descriptors, self._limit)
        except OSError as error:
            raise Unavailable(f"cannot read {question.queue_id}: {error.strerror}") from None
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        sent: list[Sent | None] = []
        for part in self._audience.apart(question):
            sent += await self._tell(part, original)
        return next((one for one in sent if one is not None), Unwanted())

    async def _tell(self, question: Tell, original: Original) -> list[Sent | None]:
        notices = self._audience.notices(question)
        if not notices:
            self._log_nobody_to_tell(question)
        return [await self._tell_one(question, original, notice) for notice in notices]

    async def _tell_one(self, question: Tell, original: Original, notice: Notice) -> Sent | None:
        """What became of one notice; the postmaster gets what its sender cannot get."""
        if notice.copy:
            return await self._send_copy(question, original.header(), notice)
        sent = await self._send(question, original, notice)
        if sent is not None:
            return sent
        instead = None if notice.to_postmaster else self._audience.double_bounce(question)
        if instead is not None:
            sent = await self._send(question, original.header(), instead)
        if sent is None:
            self._log.lost(question.queue_id, question.envelope.sender)
        return sent

    async def _send_copy(self, question: Tell, original: Original, copy: Notice) -> Sent | None:
        """A copy that fails must not make qmgr ask again: the sender has been told."""
        try:
            return await self._send(question, original, copy)
        except Unavailable as error:
            self._log.failed(question.queue_id, copy.address, str(error))
            return None

    async def _send(self, question: Tell, original: Original, notice: Notice) -> Sent | None:
        """Have a report queued; None if it was refused for good, and would be each time."""
        answer = await self._submit(question, original, notice)
        if isinstance(answer, Refused) and answer.reply >= 500 and original.complete:
            # Too large with the message in it, or the message has something forbidden.
            answer = await self._submit(question, original.header(), notice)
        if isinstance(answer, Queued):
            self._log_sent(question, notice, answer.queue_id)
            return Sent(answer.queue_id)
        reason = f"{answer.reply} {answer.code} {answer.line}"
        if answer.reply < 500:
            raise Unavailable(reason)
        self._log.failed(question.queue_id, notice.address, reason)
        return None

    async def _submit(self, question: Tell, original: Original, notice: Notice) -> Queued | Refused:
        now = time.time()
        content, smtputf8 = self._composer.compose(question, original, notice, now)
        envelope = Envelope(
            notice.sender,
            (Recipient(notice.address),),
            now,
            body="7BIT" if content.isascii() else "8BITMIME",
            smtputf8=smtputf8,
            rewrite_locally=True,
            once=_name(question, notice),
        )
        return await self._intake.submit(await self._intake.queue_id(), envelope, content)

    def _log_sent(self, question: Tell, notice: Notice, report_id: str) -> None:
        line = {
            Kind.FAILURE: self._log.non_delivery,
            Kind.DELAY: self._log.delay,
            Kind.SUCCESS: self._log.delivery,
            Kind.TRACE: self._log.delivery,
        }[question.kind]
        line(question.queue_id, "postmaster" if notice.to_postmaster else "sender", report_id)

    def _log_nobody_to_tell(self, question: Tell) -> None:
        sender = question.envelope.sender
        if sender and not self._audience.is_double_bounce(sender):
            # It is their wish (RFC 3461, NOTIFY).
            return
        if question.kind in (Kind.SUCCESS, Kind.TRACE):
            self._log.not_traced(question.queue_id)
        elif question.kind is Kind.FAILURE and sender:
            self._log.discarded_notification(question.queue_id, sender)


def _name(question: Tell, notice: Notice) -> str:
    """Of a report: qmgr asks for it again when one of us was killed before it had the answer."""
    recipients = question.envelope.recipients
    whom = "\n".join(recipients[outcome.recipient].address for outcome in question.outcomes)
    what = f"{question.kind.value} {crc32(whom.encode(errors='surrogateescape')):08x}"
    return f"{question.queue_id} {what} {notice.copy:d} {notice.address}"[:MAX_ADDRESS]


def _check(question: Tell) -> None:
    recipients = len(question.envelope.recipients)
    if any(not 0 <= outcome.recipient < recipients for outcome in question.outcomes):
        raise BrokenContract("bounce: an outcome for a recipient that does not exist")
