"""The log of a command, which tells whoever runs it the same."""

import sys

from postroom.maillog.record import MailLog, printable
from postroom.systemd.journal import Priority


class CommandLog(MailLog):
    """Every line of the log stands on the standard error stream, too, where ``speaker`` says it."""

    speaker: str

    def _send(self, priority: Priority, text: str, fields: dict[str, str]) -> None:
        super()._send(priority, text, fields)
        sys.stderr.write(f"{self.speaker}: {printable(text)}\n")
