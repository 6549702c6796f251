"""What local(8) would do with mail: aliases, lists and .forward files, by way of a probe.

A probe (``sendmail -bv``) is a message that every agent follows to its end and delivers nowhere.
"""

import os
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from postroom.contracts.delivery import Deliver
from postroom.contracts.delivery import Part as Told
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.impersonation.worker import Worker
from postroom.delivery.local.__main__ import SKILLS, Peers, office_of
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.delivery import LocalDelivery
from postroom.delivery.local.parts import Part
from postroom.delivery.local.passing import Passing
from postroom.delivery.local.settings import Settings
from postroom.explanation.configured import Services
from postroom.explanation.record import Record, RecordedJournal
from postroom.explanation.watched_tables import watched_tables
from postroom.mail.envelope import Envelope
from postroom.maillog.delivery import DeliveryLog

# A probe has no content, and no queue either.
_QUEUE_ID = "0" * 13


class Place(NamedTuple):
    """Where a probe is delivered from; ``state`` is a directory that will be gone."""

    services: Services
    record: Record
    nursery: Nursery
    peers: Peers
    state: Path


def start_nursery() -> Nursery | None:
    """To be called before there is an event loop; None for who may not read users' files."""
    return Nursery.start(Worker(SKILLS)) if os.geteuid() == 0 else None


async def probe(place: Place, service: str, envelope: Envelope) -> tuple[Told, ...]:
    """What would become of the recipients of ``envelope``, all of them local(8)'s."""
    settings = place.services.settings(Settings, "local", service)
    log = DeliveryLog(RecordedJournal("local", place.record))
    attempt = Attempt(_request(envelope), Content(0, b""), log, settings.soft_bounce)
    with (
        closing(WorkerPool(place.nursery)) as pool,
        watched_tables(place.record, "local", settings),
    ):
        office = office_of(settings, pool, log, place.peers, place.state)
        means = office.means._replace(passing=_Announcing(service, log))
        await LocalDelivery(office._replace(means=means))(attempt)
    return attempt.report().parts


def _request(envelope: Envelope) -> Deliver:
    now = time.time()
    return Deliver(
        _QUEUE_ID, "", structs.replace(envelope, trace="verify"), 0, now, now, content=b""
    )


class _Announcing(Passing):
    """Passes nothing on, and says what it would have."""

    async def pass_on(self, attempt: Attempt, copy: Copy, destination: str) -> Part:
        return Part(copy.recipient, Result("2.0.0", f"passes to transport {destination}"))
