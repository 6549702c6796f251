"""What postsuper says in the mail log."""

from postroom.maillog.command import CommandLog
from postroom.maillog.record import MailLog
from postroom.systemd.journal import Priority


class PostsuperLog(CommandLog):
    """The log of postsuper(1)."""

    speaker = "postsuper"

    def done(self, queue_id: str, what: str) -> None:
        """Something was done to one message that was named."""
        self.info(f"{queue_id}: {what}", QUEUE_ID=queue_id)

    def total(self, what: str, count: int) -> None:
        self.info(f"{what}: {count} message{'' if count == 1 else 's'}")

    def invalid(self, queue_id: str) -> None:
        self.warning(f"invalid mail queue id: {queue_id}")

    def not_requeued(self, queue_id: str, reason: str) -> None:
        """cleanup did not take it; it is where it was."""
        self.warning(f"{queue_id}: not requeued: {reason}", QUEUE_ID=queue_id)

    def origin(self, queue_id: str, uid: int, sender: str, before: str) -> None:
        """Which message a new one was before; for the log alone, in pickup's form."""
        text = f"{queue_id}: uid={uid} from=<{sender}> orig_id={before}"
        MailLog._send(self, Priority.INFO, text, {"QUEUE_ID": queue_id, "SENDER": sender})
