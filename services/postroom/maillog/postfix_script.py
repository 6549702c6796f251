"""What postfix(1) says in the mail log."""

from postroom.maillog.command import CommandLog
from postroom.maillog.record import Origin


class PostfixScriptLog(CommandLog):
    """The log of postfix(1), under the name of a script that stands behind it in Postfix."""

    @classmethod
    def of(cls, origin: Origin, script: str) -> "PostfixScriptLog":
        """Those scripts speak through postlog(1)."""
        log = cls.open(origin, script)
        log.speaker = f"{origin.syslog_name}/postlog"
        return log

    def starting(self) -> None:
        self.info("starting the Postfix mail system")

    def stopping(self) -> None:
        self.info("stopping the Postfix mail system")

    def aborting(self) -> None:
        self.info("aborting the Postfix mail system")

    def refreshing(self) -> None:
        self.info("refreshing the Postfix mail system")

    def running(self, unit: str) -> None:
        """Where Postfix names the process that all others descend from."""
        self.info(f"the Postfix mail system is running: {unit}")

    def not_running(self) -> None:
        """As an answer; where it should run it is fatal."""
        self.info("the Postfix mail system is not running")

    def must_run(self) -> None:
        self.fatal("the Postfix mail system is not running")

    def already_running(self) -> None:
        self.fatal("the Postfix mail system is already running")

    def unknown_command(self, word: str, known: str) -> None:
        self.fatal(f"unknown command: '{word}'. Usage: postfix start (or {known})")

    def not_offered(self, command: str, instead: str) -> None:
        self.fatal(f"'postfix {command}' is not offered: {instead}")

    def unknown_tls_command(self, word: str, known: str) -> None:
        """Of ``postfix tls``, whose script has another name."""
        self.error(f"unknown tls command: '{word}'")
        self.fatal(f"usage: postfix tls enable-client (or {known})")
