"""What verify says in the mail log."""

from postroom.maillog.record import MailLog


class VerifyLog(MailLog):
    """The log of verify(8)."""

    def not_sent(self, address: str, reason: str) -> None:
        self.warning(f"{address}: no probe could be sent: {reason}")
