"""The whole explanation: what was asked, every step, where the message would go, the answer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from postroom.config.configuration import Configuration
from postroom.contracts import cleanup, rewrite
from postroom.contracts.cleanup import Handling, Refused
from postroom.contracts.intake import Intake
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.local.__main__ import Peers
from postroom.esmtp.wire_form import WireEncoder
from postroom.explanation.components import Components, components
from postroom.explanation.configured import Services
from postroom.explanation.destinations import Destination, Destinations
from postroom.explanation.local_delivery import Place
from postroom.explanation.permission import refusal
from postroom.explanation.record import Record, Replied, Said, Step
from postroom.explanation.smtp_session import Visit, visit
from postroom.mail.envelope import Envelope, Recipient, Submitter
from postroom.queue.qmgr.content_filter import ContentFilter
from postroom.queue.qmgr.resolver import Resolver
from postroom.queue.qmgr.settings import Settings as QmgrSettings
from postroom.reception.extraction import header_recipients
from postroom.reception.pickup.settings import Settings as PickupSettings
from postroom.reception.submission import who


class Explanation(Struct, frozen=True):
    """``answer`` is what whoever sends the message is told at once, or the SMTP reply that
    decides."""

    steps: tuple[Step, ...]
    sender: str
    destinations: tuple[Destination, ...]
    answer: str
    refused: bool


class Submission(Struct, frozen=True):
    """A message as a program of user ``uid`` would submit it; ``content`` in wire form."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    uid: int


def read_message(text: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A message in wire form, and the recipients that its header names."""
    encoder = WireEncoder()
    return encoder.encode(text) + encoder.finish(), tuple(header_recipients(text))


def name_of(uid: int) -> str:
    """As which sender a user's programs send where they name none."""
    return who(uid)[0]


class Explainer:
    """Answers for one configuration. Without a ``nursery`` what local(8) would do is left out."""

    def __init__(self, configuration: Configuration, nursery: Nursery | None = None) -> None:
        self._services = Services(configuration)
        waiting = configuration.typed("defer_transports")
        self._waiting = waiting if isinstance(waiting, tuple) else ()
        self._nursery = nursery

    async def submission(self, what: Submission) -> Explanation:
        """As sendmail(1), postdrop and pickup would have it. Raises ConfigError."""
        record = Record()
        if forbidden := await refusal(self._services, record, what.uid, what.sender):
            return Explanation(tuple(record.steps), what.sender, (), forbidden, refused=True)
        with self._mailer(record) as mailer:
            settings = self._services.settings(PickupSettings, "pickup")
            handling = Handling.external(settings.receive_override_options)
            handling = handling.detecting("sendmail", settings.smtputf8_autodetect_classes)
            intake = Intake(mailer.client(cleanup.CONTRACT), handling)
            envelope = _envelope(what, settings.content_filter)
            answer = await intake.submit(await intake.queue_id(), envelope, what.content)
            refused = isinstance(answer, Refused)
            told = f"{answer.code} {answer.line}" if isinstance(answer, Refused) else "accepted"
            return await self._explanation(mailer, record, told, refused)

    async def session(self, service: str, what: Visit) -> Explanation:
        """As smtpd would have it. Raises ConfigError, NoService."""
        record = Record()
        with self._mailer(record) as mailer:
            await visit(self._services, mailer, record, service, what)
            decisive = _decisive(record)
            return await self._explanation(mailer, record, decisive, decisive[:1] in {"4", "5"})

    @contextmanager
    def _mailer(self, record: Record) -> Iterator[Components]:
        with (
            TemporaryDirectory(prefix="postroom-explain-") as directory,
            components(Path(directory), self._services, record) as mailer,
        ):
            yield mailer

    async def _explanation(
        self, mailer: Components, record: Record, answer: str, refused: bool
    ) -> Explanation:
        place = None
        if self._nursery is not None:
            intake = Intake(mailer.client(cleanup.CONTRACT), Handling.internal("forward"))
            peers = Peers(mailer.client(rewrite.CONTRACT), intake)
            place = Place(self._services, record, self._nursery, peers, mailer.directory)
        queue = self._services.settings(QmgrSettings, "qmgr")
        content_filter = ContentFilter(queue.default_filter_nexthop, queue.myhostname)
        resolver = Resolver(mailer.client(rewrite.CONTRACT), content_filter)
        destinations = Destinations(self._services, self._waiting, resolver, place)
        envelopes = mailer.queue.envelopes
        found = [one for envelope in envelopes for one in await destinations.of(envelope)]
        sender = envelopes[0].sender if envelopes else ""
        return Explanation(tuple(record.steps), sender, tuple(found), answer, refused)


def _decisive(record: Record) -> str:
    """The last reply but the one to QUIT."""
    talk = [step for step in record.steps if isinstance(step, Said | Replied)]
    replies = [step.reply for step in talk if isinstance(step, Replied)]
    return replies[-2] if Said("QUIT") in talk else replies[-1]


def _envelope(what: Submission, content_filter: str) -> Envelope:
    login, full_name = who(what.uid)
    return Envelope(
        sender=what.sender,
        recipients=tuple(map(Recipient, what.recipients)),
        arrival=time.time(),
        submitter=Submitter(what.uid, login, full_name),
        rewrite_locally=True,
        filter=content_filter,
    )
