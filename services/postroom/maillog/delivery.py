"""The line every delivery agent writes per recipient: what became of it, and how long it took."""

from typing import NamedTuple

from postroom.mail.envelope import Recipient
from postroom.mail.status import Outcome, found_by
from postroom.maillog.forms import seconds
from postroom.maillog.record import MailLog

# In place of ``deferred``, so that the admin sees what would have been returned.
SOFTENED = "SOFTBOUNCE"


class Delays(NamedTuple):
    """Seconds: before the queue manager, in it, setting up the connection, delivering."""

    before: float
    waiting: float
    setup: float
    transmission: float

    @property
    def total(self) -> float:
        return sum(self)


class DeliveryLog(MailLog):
    """The log of a delivery agent."""

    def outcome(
        self,
        queue_id: str,
        recipient: Recipient,
        outcome: Outcome,
        delays: Delays,
        conn_use: int = 1,
        *,
        probe: bool = False,
        softened: bool = False,
    ) -> None:
        """``to=<…>, relay=…, delay=…, delays=a/b/c/d, dsn=…, status=sent (…)``.

        For a ``probe`` the status is ``deliverable`` or ``undeliverable``, for a failure that
        main.cf's soft_bounce has ``softened`` it is ``SOFTBOUNCE``.
        """
        original = recipient.original
        rewritten = ""
        if original and original != recipient.address:
            rewritten = f", orig_to=<{self._address(original)}>"
        reused = f", conn_use={conn_use}" if conn_use > 1 else ""
        status = (found_by(outcome.code) if probe else outcome.fate).value
        if softened:
            status = SOFTENED
        delay = seconds(delays.total, self._digits)
        parts = "/".join([seconds(part, self._digits) for part in delays])
        self.info(
            f"{queue_id}: to=<{self._address(recipient.address)}>{rewritten}, "
            f"relay={outcome.relay}{reused}, "
            f"delay={delay}, delays={parts}, "
            f"dsn={outcome.code}, status={status} ({outcome.text})",
            QUEUE_ID=queue_id,
            RECIPIENT=recipient.address,
            ORIG_RECIPIENT=original,
            RELAY=outcome.relay,
            DELAY=delay,
            DSN=outcome.code,
            STATUS=status,
        )

    def passing(self, queue_id: str, recipient: Recipient, transport: str) -> None:
        """``passing <address> to transport=…``: another agent will say what became of it."""
        self.info(
            f"{queue_id}: passing <{self._address(recipient.address)}> to transport={transport}",
            QUEUE_ID=queue_id,
            RECIPIENT=recipient.address,
        )
