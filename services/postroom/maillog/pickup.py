"""What pickup says."""

from postroom.maillog.record import MailLog


class PickupLog(MailLog):
    """The log of pickup(8)."""

    def picked_up(self, queue_id: str, uid: int, sender: str) -> None:
        self.info(f"{queue_id}: uid={uid} from=<{sender}>", QUEUE_ID=queue_id, SENDER=sender)

    def damaged(self, name: str, reason: str) -> None:
        self.warning(f"maildrop file {name} set aside as .damaged.{name}: {reason}")

    def refused(self, queue_id: str, sender: str, reason: str) -> None:
        self.warning(
            f"{queue_id}: returning a message of <{sender}> that cannot be queued: {reason}",
            QUEUE_ID=queue_id,
            RECIPIENT=sender,
        )

    def waiting(self, reason: str, pause: float) -> None:
        self.warning(f"maildrop: trying again in {pause:.0f} seconds: {reason}")
