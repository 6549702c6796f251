"""What a script has postlog(1) say in the mail log."""

from postroom.maillog.command import CommandLog
from postroom.maillog.forms import FORMS, Forms
from postroom.systemd.journal import Journal, Priority, SystemJournal

_SPEAKER = "postfix/postlog"


class ScriptLog(CommandLog):
    """The log of a script, under a name of the script's choice."""

    def __init__(self, journal: Journal, forms: Forms = FORMS, speaker: str = _SPEAKER) -> None:
        super().__init__(journal, forms)
        self.speaker = speaker

    @classmethod
    def named(cls, name: str, facility: str, speaker: str) -> "ScriptLog":
        return cls(SystemJournal(name, facility), speaker=speaker)

    def panic(self, text: str) -> None:
        """Something that cannot be has happened."""
        self._send(Priority.CRITICAL, f"panic: {text}", {})
