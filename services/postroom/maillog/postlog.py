"""What a script has postlog(1) say: in the mail log, and to whoever runs it."""

import sys

from postroom.maillog.record import MailLog, printable
from postroom.systemd.journal import Journal, Priority, SystemJournal


class ScriptLog(MailLog):
    """The log of a script, under the ``name`` that it gives itself.

    ``speaker`` is who says so on a standard error stream that is no terminal, as in Postfix.
    """

    def __init__(self, journal: Journal, name: str, speaker: str) -> None:
        super().__init__(journal)
        self._name = name
        self._speaker = speaker

    @classmethod
    def named(cls, name: str, speaker: str) -> "ScriptLog":
        return cls(SystemJournal(name), name, speaker)

    def panic(self, text: str) -> None:
        """Something that cannot be has happened."""
        self._send(Priority.CRITICAL, f"panic: {text}", {})

    def _send(self, priority: Priority, text: str, fields: dict[str, str]) -> None:
        super()._send(priority, text, fields)
        who = self._name if sys.stderr.isatty() else self._speaker
        sys.stderr.write(f"{who}: {printable(text)}\n")
