"""Answer one question of the queue manager: compose the reports, and have them queued."""

import os
import time
from typing import Any

from msgspec import structs

from postroom.bounce.audience import Audience, Notice, wanted
from postroom.bounce.delivery_status import Reporter
from postroom.bounce.original import Original, read_original
from postroom.bounce.report import compose
from postroom.bounce.settings import Settings
from postroom.contracts.bounce import Kind, Sent, Tell, Unwanted
from postroom.contracts.cleanup import Queued, Refused
from postroom.contracts.intake import Intake
from postroom.ipc.contract import BrokenContract, Question, Unavailable
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.bounce import BounceLog


class Notifier:
    def __init__(self, settings: Settings, intake: Intake, log: BounceLog) -> None:
        self._audience = Audience(settings)
        self._reporter = Reporter(
            settings.myhostname, settings.mail_name, settings.maximal_queue_lifetime
        )
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
        return await self._tell(structs.replace(question, outcomes=wanted(question)), original)

    async def _tell(self, question: Tell, original: Original) -> Sent | Unwanted:
        if not question.outcomes:
            return Unwanted()
        notices = self._audience.notices(question)
        if not notices:
            self._log_nobody_to_tell(question)
            return Unwanted()
        answer = await self._send(question, original, notices[0])
        for copy in notices[1:]:
            await self._send_copy(question, original.header(), copy)
        return answer

    async def _send_copy(self, question: Tell, original: Original, copy: Notice) -> None:
        """A copy that fails must not make qmgr ask again: the sender has been told."""
        try:
            await self._send(question, original, copy)
        except Unavailable as error:
            self._log.failed(question.queue_id, str(error))

    async def _send(self, question: Tell, original: Original, notice: Notice) -> Sent | Unwanted:
        now = time.time()
        content = compose(question, original, notice.addressee, self._reporter, now)
        envelope = Envelope(
            notice.sender,
            (Recipient(notice.addressee.address),),
            now,
            body="7BIT" if content.isascii() else "8BITMIME",
            smtputf8=question.envelope.smtputf8,
            rewrite_locally=True,
        )
        queue_id = await self._intake.queue_id()
        answer = await self._intake.submit(queue_id, envelope, content)
        if isinstance(answer, Queued):
            self._log_sent(question, notice, queue_id)
            return Sent(queue_id)
        if answer.reply >= 500 and original.complete:
            # Too large with the message in it, or the message has something forbidden.
            return await self._send(question, original.header(), notice)
        return self._refused(question, answer)

    def _log_sent(self, question: Tell, notice: Notice, report_id: str) -> None:
        line = {
            Kind.FAILURE: self._log.non_delivery,
            Kind.DELAY: self._log.delay,
            Kind.SUCCESS: self._log.delivery,
            Kind.TRACE: self._log.delivery,
        }[question.kind]
        audience = "postmaster" if notice.addressee.is_postmaster else "sender"
        line(question.queue_id, audience, report_id)

    def _log_nobody_to_tell(self, question: Tell) -> None:
        if question.kind in (Kind.SUCCESS, Kind.TRACE):
            self._log.not_traced(question.queue_id)
        else:
            self._log.discarded(question.queue_id, question.envelope.sender)

    def _refused(self, question: Tell, refused: Refused) -> Unwanted:
        """What is refused for good would be refused again, for as long as somebody asks."""
        reason = f"{refused.reply} {refused.code} {refused.text}"
        if refused.reply < 500:
            raise Unavailable(reason)
        self._log.failed(question.queue_id, reason)
        return Unwanted()


def _check(question: Tell) -> None:
    recipients = len(question.envelope.recipients)
    if any(not 0 <= outcome.recipient < recipients for outcome in question.outcomes):
        raise BrokenContract("bounce: an outcome for a recipient that does not exist")
