"""What dns says in the mail log."""

from postroom.maillog.record import MailLog


class DnsLog(MailLog):
    """The log of dns: what name servers do wrong."""

    def no_answer(self, name: str, record: str, reason: str) -> None:
        """No server could answer; the mail that asked is deferred and says so itself."""
        self.warning(f"no answer for name={name} type={record}: {reason}")
