"""What mail filters make of a message (main.cf: smtpd_milters, non_smtpd_milters)."""

from typing import NamedTuple

from postroom.cleanup.refusal import TRY_LATER, Refusal
from postroom.cleanup.settings import Settings
from postroom.cleanup.verdicts import MilterVerdicts
from postroom.contracts.cleanup import Refused
from postroom.contracts.milter import (
    Content,
    Discarded,
    Filtered,
    LocalMessage,
    Rejected,
)
from postroom.esmtp.reply import Reply
from postroom.inspection.edits import Hit
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.ipc.line import close_all
from postroom.mail.envelope import Envelope
from postroom.maillog.cleanup import CleanupLog, Origin


class Shown(NamedTuple):
    """A message for filters, without the Received field that is ours (MILTER_README).

    Where ``body`` is None, it begins at ``start`` of a file.
    """

    queue_id: str
    envelope: Envelope
    header: bytes
    body: bytes | None
    start: int = 0


class Discard(Exception):
    """A filter wants the message accepted and gone."""


class Filtering:
    """Asks the filters of the client's session, or those of mail that no client brought."""

    def __init__(self, settings: Settings, milter: Client, log: CleanupLog) -> None:
        self._milter = milter
        self._service = f"cleanup/{settings.service_name}"
        self._of_local_mail = bool(settings.non_smtpd_milters)
        self._checks = settings.milter_header_checks
        self._log = log

    def wanted(self, session: str, envelope: Envelope) -> bool:
        """Whether there are filters for mail that came like this."""
        return bool(session) or (self._of_local_mail and envelope.client is None)

    async def ask(
        self,
        session: str,
        shown: Shown,
        verdicts: MilterVerdicts,
        descriptors: tuple[int, ...] = (),
    ) -> tuple[Filtered, list[int]]:
        """What is to be changed, and a new body that is too large for a frame.

        ``verdicts`` hear what tables have to say of fields that filters wrote. Raises Refusal or
        Discard.
        """
        question = self._question(session, shown)
        try:
            answer, received = await self._milter.ask_with_descriptors(question, descriptors)
        except Unavailable as error:
            self._log.milter_problem(shown.queue_id, str(error))
            raise Refusal(TRY_LATER) from None
        try:
            self._obey(answer, verdicts)
            return self._changes(shown.queue_id, verdicts.origin, answer), received
        except (Refusal, Discard):
            close_all(received)
            raise

    def _question(self, session: str, shown: Shown) -> Content | LocalMessage:
        queue_id, envelope, header, body, start = shown
        if session:
            return Content(session, queue_id, header, body, start, self._checks)
        content = (header, body, start)
        return LocalMessage(self._service, queue_id, envelope, *content, self._checks)

    def _obey(self, answer: Filtered | Discarded | Rejected, verdicts: MilterVerdicts) -> None:
        for hit in answer.hits:
            verdicts.act(Hit("milter_header_checks", "header", hit.text, hit.value))
        if verdicts.discard:
            raise Discard

    def _changes(
        self, queue_id: str, origin: Origin, answer: Filtered | Discarded | Rejected
    ) -> Filtered:
        if isinstance(answer, Filtered):
            return answer
        if isinstance(answer, Discarded):
            self._log.milter_discarded(queue_id, origin)
            raise Discard
        raise self._refused(queue_id, origin, answer)

    def _refused(self, queue_id: str, origin: Origin, answer: Rejected) -> Refusal:
        reply = Reply(answer.reply, answer.code, answer.text)
        self._log.milter_rejected(queue_id, origin, reply.as_sent[4:])
        return Refusal(Refused(answer.reply, answer.code, answer.text), logged=True)
