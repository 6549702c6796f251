"""What bounce says in the mail log."""

from postroom.maillog.record import MailLog


class BounceLog(MailLog):
    """The log of bounce(8)."""

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

    def discarded_notification(self, queue_id: str, sender: str) -> None:
        """Not even the postmaster can be told."""
        self.warning(
            f"{queue_id}: undeliverable postmaster notification discarded",
            QUEUE_ID=queue_id,
            SENDER=self._address(sender),
        )

    def not_traced(self, queue_id: str) -> None:
        """Nobody could be told that all is well."""
        self.info(
            f"{queue_id}: not sending trace/success notification for single-bounce message",
            QUEUE_ID=queue_id,
        )

    def failed(self, queue_id: str, address: str, reason: str) -> None:
        """A report was refused, or a copy could not be queued."""
        self.warning(
            f"{queue_id}: no notification to <{self._address(address)}>: {reason}",
            QUEUE_ID=queue_id,
        )

    def lost(self, queue_id: str, sender: str) -> None:
        """A report was refused, and the postmaster did not want it or did not get it."""
        self.warning(
            f"{queue_id}: undeliverable notification discarded, <{self._address(sender)}> "
            "will not hear of it",
            QUEUE_ID=queue_id,
            SENDER=self._address(sender),
        )

    def template(self, problem: str) -> None:
        """Something is wrong with bounce_template_file."""
        self.warning(problem)
