"""The base of every program's log: one printable line, and the journal fields that go with it.

Fields (all optional): QUEUE_ID SENDER RECIPIENT ORIG_RECIPIENT RELAY DELAY DSN STATUS
CLIENT_NAME CLIENT_ADDRESS SASL_USERNAME MESSAGE_ID.
"""

import logging
from typing import Protocol, TypeVar

from postroom.maillog.forms import FORMS, Forms
from postroom.systemd.journal import Journal, JournalHandler, Priority, SystemJournal

# A remote server can make a text of any length; a log line need not carry all of it.
MAX_TEXT = 2000
_UNPRINTABLE = dict.fromkeys((*range(32), 127, *range(128, 160)), "?")


def printable(text: str) -> str:
    """``text`` on one line, without what a terminal would act on."""
    if not text.isprintable():
        text = text.translate(_UNPRINTABLE).encode("utf-8", "replace").decode()
    return text[:MAX_TEXT]


L = TypeVar("L", bound="MailLog")


class Origin(Protocol):
    """Under which name and facility a service logs: a part of its settings."""

    @property
    def syslog_name(self) -> str: ...

    @property
    def syslog_facility(self) -> str: ...


def system_journal(origin: Origin, program: str) -> SystemJournal:
    """The journal, as the program writes it."""
    return SystemJournal(f"{origin.syslog_name}/{program}", origin.syslog_facility)


class MailLog:
    """What every program can say; subclasses add a method per line of their own."""

    def __init__(self, journal: Journal, forms: Forms = FORMS) -> None:
        self._journal = journal
        self._address, self._digits = forms

    @classmethod
    def open(cls: type[L], origin: Origin, program: str, forms: Forms = FORMS) -> L:
        """The log of one service, and of everything that uses the logging module in it."""
        journal = system_journal(origin, program)
        logging.basicConfig(handlers=[JournalHandler(journal)], level=logging.WARNING, force=True)
        return cls(journal, forms)

    def info(self, text: str, **fields: str) -> None:
        self._send(Priority.INFO, text, fields)

    def warning(self, text: str, **fields: str) -> None:
        self._send(Priority.WARNING, f"warning: {text}", fields)

    def error(self, text: str, **fields: str) -> None:
        self._send(Priority.ERROR, f"error: {text}", fields)

    def fatal(self, text: str, **fields: str) -> None:
        self._send(Priority.CRITICAL, f"fatal: {text}", fields)

    def _send(self, priority: Priority, text: str, fields: dict[str, str]) -> None:
        fields = {name: value for name, value in fields.items() if value}
        whole = "".join((text, *fields.values()))
        if len(whole) > MAX_TEXT or not whole.isprintable():
            text = printable(text)
            fields = {name: printable(value) for name, value in fields.items()}
        self._journal.send(priority, text, fields)
