"""Write journal records: one datagram each, text and fields together (systemd-journald(8))."""

import logging
import os
from enum import IntEnum
from typing import Protocol

from systemd.journal import sendv


class Priority(IntEnum):
    """syslog(3)."""

    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    INFO = 6
    DEBUG = 7


class Journal(Protocol):
    """Where records go; tests keep them in a list."""

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None: ...


class SystemJournal:
    """The journal of the system: facility ``mail`` identifier ``postfix/smtpd`` or alike."""

    def __init__(self, identifier: str) -> None:
        self._constant = (
            "SYSLOG_FACILITY=2",
            f"SYSLOG_IDENTIFIER={identifier}",
            f"SYSLOG_PID={os.getpid()}",
        )

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        record = [f"{name}={value}" for name, value in fields.items()]
        try:
            sendv(f"MESSAGE={message}", f"PRIORITY={priority:d}", *self._constant, *record)
        except OSError:
            return  # The journal is away. Mail goes on, and nobody is left to tell.


class JournalHandler(logging.Handler):
    """Brings what the logging module gets (our ipc, libraries, asyncio) into the same journal."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(message)s"))
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        error = record.levelno >= logging.ERROR
        priority = Priority.ERROR if error else Priority.WARNING
        text = self.format(record).replace("\n", " | ")
        self._journal.send(priority, f"warning: {text}", {"CODE_FUNC": record.funcName})
