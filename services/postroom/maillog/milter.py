"""What milter says in the mail log."""

from postroom.maillog.record import MailLog


class MilterLog(MailLog):
    """The log of milter; ``name`` is a filter as main.cf names it."""

    def cannot_connect(self, name: str, reason: str) -> None:
        self.warning(f"connect to Milter service {name}: {reason}")

    def bad_filter(self, text: str, reason: str) -> None:
        """What a table names is no filter."""
        self.warning(f"smtpd_milter_maps: {text}: {reason}")

    def bad_answer(self, name: str, reason: str) -> None:
        self.warning(f"milter {name}: {reason}")

    def unusable(self, name: str, reason: str) -> None:
        self.warning(f"milter {name}: {reason}; it is not asked again in this session")
