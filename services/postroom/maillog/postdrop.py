"""What postdrop says in the mail log."""

from postroom.maillog.record import MailLog


class PostdropLog(MailLog):
    """The log of postdrop."""

    def cannot_keep(self, uid: int, reason: str) -> None:
        self.warning(f"uid={uid}: cannot keep a message: {reason}")

    def cannot_wake_pickup(self, reason: str) -> None:
        self.info(f"pickup is not up, the message waits in the maildrop: {reason}")
