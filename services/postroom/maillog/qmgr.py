"""What qmgr says in the mail log; of single recipients only where no agent could be asked."""

from postroom.maillog.delivery import DeliveryLog


class QueueManagerLog(DeliveryLog):
    """The log of qmgr(8)."""

    def active(self, queue_id: str, sender: str, size: int, recipients: int) -> None:
        """A message entered the active queue."""
        self.info(
            f"{queue_id}: from=<{self._address(sender)}>, size={size}, "
            f"nrcpt={recipients} (queue active)",
            QUEUE_ID=queue_id,
            SENDER=sender,
        )

    def removed(self, queue_id: str) -> None:
        """Nobody needs anything more of it."""
        self.info(f"{queue_id}: removed", QUEUE_ID=queue_id)

    def expired(self, queue_id: str, sender: str, *, forced: bool) -> None:
        """It waited too long, or postsuper -e said so."""
        status = "force-expired" if forced else "expired"
        self.info(
            f"{queue_id}: from=<{self._address(sender)}>, status={status}, returned to sender",
            QUEUE_ID=queue_id,
            SENDER=sender,
            STATUS=status,
        )

    def no_transport(self, transport: str) -> None:
        """master.cf has no such service."""
        self.warning(f"connect to transport private/{transport}: No such file or directory")

    def transport_failed(self, transport: str, reason: str) -> None:
        """A delivery agent did not answer."""
        self.warning(f"transport {transport} failure: {reason}")

    def message_trouble(self, queue_id: str, what: str) -> None:
        """Something of ours went wrong with one message; it stays in the queue."""
        self.warning(f"{queue_id}: {what}", QUEUE_ID=queue_id)
