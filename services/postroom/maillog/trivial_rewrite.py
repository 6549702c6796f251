"""What trivial-rewrite says in the mail log."""

from postroom.maillog.forms import FORMS, Forms
from postroom.maillog.record import MailLog
from postroom.systemd.journal import Journal


class TrivialRewriteLog(MailLog):
    """The log of trivial-rewrite(8)."""

    def __init__(self, journal: Journal, forms: Forms = FORMS) -> None:
        super().__init__(journal, forms)
        self._told: set[str] = set()

    def listed_twice(self, domain: str, parameter: str, other: str) -> None:
        """A mistake in main.cf, told once per domain: each message would repeat it."""
        if domain not in self._told:
            self._told.add(domain)
            self.warning(f"do not list domain {domain} in BOTH {parameter} and {other}")

    def table_trouble(self, reason: str) -> None:
        self.warning(reason)
