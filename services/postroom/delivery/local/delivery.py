"""Deliver one request: each recipient is expanded, carried, logged and settled."""

from msgspec import structs

from postroom.contracts.intake import Intake
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.expansion import Expansion
from postroom.delivery.local.mailman import Mailman
from postroom.delivery.local.parts import Part, worst
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.turns import Turns
from postroom.delivery.local.users import Users
from postroom.delivery.loop import delivered_to
from postroom.mail.status import Fate, Outcome, Reach
from postroom.tables import Maps
from postroom.tables.match_list import DomainList

_RELAY = "local"


class LocalDelivery:
    """What the agent calls with each attempt."""

    def __init__(self, settings: Settings, pool: WorkerPool, intake: Intake) -> None:
        self._settings = settings
        self._pool = pool
        self._intake = intake
        self._aliases = Maps(settings.alias_maps)
        self._users = Users()
        self._turns = Turns(settings.destination_concurrency_limit)
        self._local_domains = DomainList(settings.mydestination, parents=False)

    async def __call__(self, attempt: Attempt) -> None:
        attempt.set_up()
        been_at = delivered_to(attempt.content)
        envelope = attempt.request.envelope
        mailman = Mailman(self._settings, self._pool, self._turns, self._intake, attempt)
        for index, recipient in enumerate(envelope.recipients):
            copy = Copy(index, recipient, envelope.sender)
            expansion = Expansion(
                self._settings, self._aliases, self._local_domains, self._users, mailman
            )
            if recipient.address.lower() in been_at:
                text = f"mail forwarding loop for {recipient.address}"
                parts = [Part(copy, Result("5.4.6", text))]
            else:
                parts = await expansion.deliver(copy)
            _settle(attempt, index, parts, expansion.expanded)


def _settle(attempt: Attempt, index: int, parts: list[Part], expanded: Reach | None) -> None:
    """One line in the log for each part; the recipient gets the worst of their outcomes."""
    sender = attempt.request.envelope.sender
    for copy, result in parts:
        owner = copy.sender if copy.sender != sender else ""
        attempt.log_part(copy.recipient, Outcome(index, result.code, result.text, _RELAY), owner)
    result = worst(parts)
    outcome = Outcome(index, result.code, result.text, _RELAY)
    if expanded is not None and outcome.fate is Fate.SENT:
        outcome = structs.replace(outcome, text="alias expanded", reach=expanded)
    attempt.record(outcome)
