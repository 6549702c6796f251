"""Deliver one request: each recipient is expanded, carried, logged and settled."""

from typing import NamedTuple

from postroom.contracts.intake import Intake
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.expansion import Expansion, Sources
from postroom.delivery.local.forwarding import Forwarding
from postroom.delivery.local.mailman import Mailman, Means
from postroom.delivery.local.parts import Part, worst
from postroom.delivery.local.progress import Progress
from postroom.delivery.local.settings import Settings
from postroom.delivery.loop import delivered_to
from postroom.mail.address import quote_address
from postroom.mail.envelope import Recipient
from postroom.mail.status import Fate, Outcome, Reach
from postroom.maillog.delivery import DeliveryLog

_RELAY = "local"


class Office(NamedTuple):
    """All that deliveries need."""

    settings: Settings
    sources: Sources
    means: Means
    intake: Intake
    progress: Progress
    log: DeliveryLog


class LocalDelivery:
    """What the agent calls with each attempt."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def __call__(self, attempt: Attempt) -> None:
        attempt.set_up()
        been_at = delivered_to(attempt.content)
        for index, recipient in enumerate(attempt.request.envelope.recipients):
            if been_at and quote_address(recipient.address).lower() in been_at:
                text = f"mail forwarding loop for {recipient.address}"
                _settle(attempt, index, [Part(recipient, Result("5.4.6", text))])
            else:
                await self._expand(attempt, index, recipient)

    async def _expand(self, attempt: Attempt, index: int, recipient: Recipient) -> None:
        """What is reached now is not reached again when the rest is tried again."""
        office = self._office
        envelope, queue_id = attempt.request.envelope, attempt.request.queue_id
        expansion = Expansion(
            office.settings,
            office.sources,
            Mailman(office.means, attempt),
            Forwarding(office.intake, attempt, delivered_to=self._says_delivered_to),
            office.progress.of(queue_id, recipient.address),
        )
        parts = await expansion.deliver(Copy(index, recipient, envelope.sender))
        if not any(part.deferred for part in parts):
            office.progress.forget(queue_id, recipient.address)
        elif expansion.done and not envelope.is_probe:
            self._keep(attempt, recipient, expansion)
        _settle(attempt, index, parts, expansion.expanded)

    @property
    def _says_delivered_to(self) -> bool:
        return "forward" in self._office.settings.prepend_delivered_header

    def _keep(self, attempt: Attempt, recipient: Recipient, expansion: Expansion) -> None:
        """Without it there will be duplicates, which are better than mail that is lost."""
        queue_id = attempt.request.queue_id
        try:
            self._office.progress.keep(queue_id, recipient.address, expansion.done)
        except OSError as error:
            self._office.log.warning(f"{queue_id}: cannot keep what was delivered: {error}")


def _settle(attempt: Attempt, index: int, parts: list[Part], expanded: Reach | None = None) -> None:
    """One line in the log for each part; the recipient gets the worst of their outcomes."""
    for part in parts:
        if not part.logged:
            outcome = Outcome(index, part.result.code, part.result.text, _RELAY)
            attempt.log_part(part.recipient, outcome, part.owner)
    result = worst(parts)
    outcome = Outcome(index, result.code, result.text, _RELAY)
    if expanded is not None and outcome.fate is Fate.SENT:
        outcome = Outcome(index, result.code, "alias expanded", _RELAY, reach=expanded)
    attempt.record(outcome)
