"""One message on its way through cleanup: envelope, header, and its place in the queue."""

from typing import NamedTuple

from msgspec import structs

from postroom.cleanup.addressing import Addressing
from postroom.cleanup.content_checks import Checking, ContentChecks
from postroom.cleanup.filtering import Discard, Filtering, Shown
from postroom.cleanup.header_pass import Edited, HeaderPass, Letter
from postroom.cleanup.preparation import Preparation
from postroom.cleanup.queue_file import QueueFile, open_queue_file
from postroom.cleanup.verdicts import MilterVerdicts, Verdicts
from postroom.contracts.cleanup import Handling, Queued, Refused
from postroom.contracts.milter import Filtered
from postroom.contracts.qmgr import MAX_CONTENT, Enqueue
from postroom.ipc.client import Client
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueId
from postroom.maillog.cleanup import CleanupLog, Origin


class Works(NamedTuple):
    """What all messages go through; ``size_limit`` is message_size_limit, 0 for none."""

    addressing: Addressing
    header_pass: HeaderPass
    qmgr: Client
    log: CleanupLog
    content_checks: ContentChecks
    filtering: Filtering
    preparation: Preparation
    size_limit: int


class Message:
    """A message that has a queue id and an envelope; its content comes later.

    ``session`` is that of its client with mail filters, or empty.
    """

    def __init__(
        self,
        works: Works,
        queue_id: QueueId,
        arrived: Envelope,
        handling: Handling,
        session: str = "",
    ) -> None:
        self.works = works
        self.queue_id = queue_id
        self.arrived = arrived
        self.envelope = arrived
        self.handling = handling
        # What its content goes through first, if anything.
        self.preparing = works.preparation.begin(handling)
        self._session = session
        self._checking: Checking | None = None
        self._filters_say: MilterVerdicts | None = None
        # Whom the log names.
        self._last = ""

    async def address(self) -> None:
        """Put the envelope in form; raises Refusal."""
        addressed = await self.works.addressing.complete(
            self.queue_id, self.arrived, mappings=self.handling.mappings
        )
        self.envelope = envelope = addressed.envelope
        self._last = addressed.last
        if self.handling.checks and self.works.content_checks.wanted:
            self._checking = self.works.content_checks.begin(
                self.queue_id, self._origin, smtputf8=envelope.smtputf8
            )

    @property
    def _origin(self) -> Origin:
        return Origin(self.envelope.sender, self._last, self.envelope.upstream)

    async def edit_header(self, content: bytes) -> Edited:
        """The new header for content that begins with the old one; raises Refusal."""
        letter = Letter(self.queue_id, self.arrived, self.envelope, self.handling)
        edited = await self.works.header_pass.edit(letter, content, self._checking)
        # A program that calls sendmail seldom says what it sends (RFC 6152).
        if edited.eight_bit:
            self.envelope = structs.replace(self.envelope, body="8BITMIME")
        if edited.utf8:
            self.envelope = structs.replace(self.envelope, smtputf8=True)
        return edited

    async def check_body(self, data: bytes | memoryview) -> bytes | memoryview:
        """A piece of what follows the header, as it is to be; raises Refusal."""
        return data if self._checking is None else await self._checking.body(bytes(data))

    async def end_body(self) -> bytes:
        """What is left of the body; the envelope is as the checks want it. Raises Refusal."""
        checking = self._checking
        if checking is None:
            return b""
        rest = await checking.end()
        await self._obey(checking)
        return rest

    async def _obey(self, verdicts: Verdicts) -> None:
        """Have the envelope as tables want it; raises Refusal."""
        addressing, envelope = self.works.addressing, self.envelope
        if verdicts.copies:
            envelope = await addressing.with_copies(
                self.queue_id, envelope, verdicts.copies, mappings=self.handling.mappings
            )
        if verdicts.redirect:
            envelope = await addressing.redirected(envelope, verdicts.redirect)
        self.envelope = structs.replace(
            envelope,
            filter=verdicts.filter or envelope.filter,
            hold=verdicts.hold or envelope.hold,
        )

    @property
    def discarded(self) -> bool:
        """Whether nobody shall get it, though its sender hears nothing of that."""
        return self._checking is not None and self._checking.discard

    def discard(self) -> Queued:
        """Forget it; the answer for its sender."""
        self.works.log.discarded(self.queue_id)
        return Queued(self.queue_id)

    async def store(self, content: bytes) -> Queued | Refused:
        """Hand finished content over, whole; raises Refusal or Unavailable."""
        if len(content) <= MAX_CONTENT:
            question = Enqueue(self.queue_id, self.envelope, content)
            return self.queued(await self.works.qmgr.ask(question))
        file = await self.open_file()
        try:
            await file.write(content)
            return self.queued(await file.enqueue(self.envelope))
        finally:
            file.close()

    async def open_file(self) -> QueueFile:
        """Where content goes that is too large for a frame; raises Refusal or Unavailable."""
        return await open_queue_file(self.works.qmgr, self.queue_id, self.works.log)

    @property
    def is_filtered(self) -> bool:
        """Whether mail filters are to see it."""
        return self.handling.milters and self.works.filtering.wanted(self._session, self.arrived)

    async def ask_filters(
        self, header: bytes, body: bytes | None, descriptor: int = -1, start: int = 0
    ) -> tuple[Filtered, list[int]]:
        """What they make of it; a ``body`` of None lies in a file. Raises Refusal or Discard."""
        shown = Shown(self.queue_id, self.envelope, header, body, start)
        descriptors = () if body is not None else (descriptor,)
        self._filters_say = MilterVerdicts(self.works.log, self.queue_id, self._origin)
        return await self.works.filtering.ask(self._session, shown, self._filters_say, descriptors)

    async def change_envelope(self, filtered: Filtered) -> None:
        """Raises Refusal or Discard, where nobody is left who would get the message."""
        addressing = self.works.addressing
        self.envelope = await addressing.filtered(self.queue_id, self.envelope, filtered)
        if not self.envelope.recipients:
            raise Discard
        if self._filters_say is not None:
            await self._obey(self._filters_say)
        if filtered.hold and not self.envelope.hold:
            self.works.log.milter_held(self.queue_id, self._origin, filtered.hold)
            self.envelope = structs.replace(self.envelope, hold=True)

    def queued(self, answer: object) -> Queued | Refused:
        """What the caller is told once qmgr has spoken."""
        if isinstance(answer, Refused):
            self.works.log.store_problem(self.queue_id, answer.text)
            return answer
        return Queued(self.queue_id)
