"""Deliver one request to virtual mailboxes."""

from msgspec import structs

from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.announcement import announced
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Locking, Result
from postroom.delivery.mailbox.filing import Filing
from postroom.delivery.virtual.mailboxes import Mailboxes, Misconfigured
from postroom.delivery.virtual.settings import Settings
from postroom.mail.envelope import Recipient
from postroom.mail.status import Outcome
from postroom.maillog.delivery import DeliveryLog
from postroom.tables import TableError

_RELAY = "virtual"


class VirtualDelivery:
    """What the agent calls with each attempt."""

    def __init__(self, settings: Settings, pool: WorkerPool, log: DeliveryLog) -> None:
        self._mailboxes = Mailboxes(settings)
        self._pool = pool
        self._log = log
        locking = Locking(
            settings.virtual_mailbox_lock,
            settings.deliver_lock_attempts,
            settings.deliver_lock_delay,
            settings.stale_lock_time,
        )
        self._filing = Filing(
            locking,
            settings.enable_original_recipient,
            settings.myhostname,
            "delivery failed to mailbox {path}: ",
            settings.strict_mailbox_ownership,
        )

    async def __call__(self, attempt: Attempt) -> None:
        attempt.set_up()
        for index, recipient in enumerate(attempt.request.envelope.recipients):
            result = await self._deliver(attempt, recipient)
            attempt.settle(Outcome(index, result.code, result.text, _RELAY))

    async def _deliver(self, attempt: Attempt, recipient: Recipient) -> Result:
        try:
            mailbox = await self._mailboxes.find(recipient.address)
        except (TableError, Misconfigured) as error:
            self._log.warning(str(error), RECIPIENT=recipient.address)
            return Result("4.3.5", "mail system configuration error")
        if mailbox is None:
            return Result("5.1.1", f'unknown user: "{recipient.address.lower()}"')
        envelope = attempt.request.envelope
        task = self._filing.task(
            attempt, mailbox.path, envelope.sender, recipient, own=recipient.address
        )
        if envelope.is_probe:
            return announced(task)
        return _patient(await self._pool.perform(mailbox.owner, task, attempt.content))


def _patient(result: Result) -> Result:
    """What is wrong with a mailbox but its size is the admin's to mend: the mail waits."""
    return structs.replace(result, code="4.2.0") if result.code == "5.2.0" else result
