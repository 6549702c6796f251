"""What pickup says in the mail log."""

from postroom.maillog.record import MailLog


class PickupLog(MailLog):
    """The log of pickup(8)."""

    def picked_up(self, queue_id: str, uid: int, sender: str) -> None:
        self.info(
            f"{queue_id}: uid={uid} from=<{self._address(sender)}>",
            QUEUE_ID=queue_id,
            SENDER=sender,
        )

    def damaged(self, name: str, reason: str) -> None:
        self.warning(f"maildrop file {name} set aside as .damaged.{name}: {reason}")

    def refused(self, queue_id: str, sender: str, reason: str) -> None:
        self.warning(
            f"{queue_id}: returning a message of <{self._address(sender)}> "
            f"that cannot be queued: {reason}",
            QUEUE_ID=queue_id,
            RECIPIENT=sender,
        )

    def refused_before_queued(self, uid: int, sender: str, reason: str) -> None:
        self.warning(
            f"uid={uid}: returning a message of <{self._address(sender)}> "
            f"that cannot be queued: {reason}",
            RECIPIENT=sender,
        )

    def thrown_away(self, name: str, uid: int, reason: str) -> None:
        self.warning(f"open maildrop: {name} of uid={uid} removed: {reason}")

    def cannot_be_thrown_away(self, name: str, uid: int, reason: str) -> None:
        self.warning(f"open maildrop: {name} of uid={uid} ignored, it cannot be removed: {reason}")

    def waiting(self, reason: str, pause: float) -> None:
        self.warning(f"maildrop: trying again in {pause:.0f} seconds: {reason}")
