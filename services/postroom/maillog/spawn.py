"""What spawn says in the mail log."""

from postroom.maillog.record import MailLog


class SpawnLog(MailLog):
    """The log of spawn(8)."""

    def no_such_user(self, user: str) -> None:
        self.warning(f"user={user}: no such user when the configuration was loaded")

    def cannot_run(self, command: str, reason: str) -> None:
        self.warning(f"cannot execute {command}: {reason}")

    def time_limit_exceeded(self, command: str, process: int) -> None:
        self.warning(f"{command}: process id {process}: command time limit exceeded")

    def exit_status(self, command: str, status: int) -> None:
        self.warning(f"command {command} exit status {status}")

    def killed(self, command: str, number: int) -> None:
        self.warning(f"command {command} killed by signal {number}")
