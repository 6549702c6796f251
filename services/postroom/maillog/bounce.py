"""What bounce says in the mail log."""

from postroom.mail.address import quote_address
from postroom.maillog.record import MailLog


class BounceLog(MailLog):
    """bounce's log."""

    def non_delivery(self, queue_id: str, audience: str, report_id: str) -> None:
        """``ID: sender non-delivery notification: ID2``; the audience may be ``postmaster``."""
        self.info(
            f"{queue_id}: {audience} non-delivery notification: {report_id}", QUEUE_ID=queue_id
        )

    def delay(self, queue_id: str, audience: str, report_id: str) -> None:
        self.info(f"{queue_id}: {audience} delay notification: {report_id}", QUEUE_ID=queue_id)

    def delivery(self, queue_id: str, audience: str, report_id: str) -> None:
        self.info(
            f"{queue_id}: {audience} delivery status notification: {report_id}", QUEUE_ID=queue_id
        )

    def discarded(self, queue_id: str, sender: str) -> None:
        """Nobody is left to be told."""
        what = "postmaster notification" if sender else "mail from the null sender"
        self.warning(
            f"{queue_id}: undeliverable {what} discarded",
            QUEUE_ID=queue_id,
            SENDER=quote_address(sender),
        )

    def not_traced(self, queue_id: str) -> None:
        """Nobody could be told that all is well."""
        self.info(
            f"{queue_id}: not sending trace/success notification for single-bounce message",
            QUEUE_ID=queue_id,
        )

    def failed(self, queue_id: str, reason: str) -> None:
        self.warning(f"{queue_id}: cannot send a notification: {reason}", QUEUE_ID=queue_id)
