"""What policy-client says in the mail log."""

from postroom.maillog.record import MailLog


class PolicyClientLog(MailLog):
    """The log of policy-client; ``name`` is a server as main.cf names it."""

    def trouble(self, name: str, reason: str) -> None:
        self.warning(f"problem talking to server {name}: {reason}")
