"""Write journal records: one datagram each, text and fields together (systemd-journald(8))."""

import logging
from enum import IntEnum
from typing import Protocol

from postroom.systemd.journal_socket import JournalSocket

_LINE_END = "\n"


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

    def __init__(self, identifier: str, socket: JournalSocket | None = None) -> None:
        self._socket = socket or JournalSocket()
        self._constant = f"SYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER={identifier}\n"

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        """A line end would end the field (sd-journal's native protocol), so there is none."""
        record = [f"MESSAGE={message.replace(_LINE_END, ' ')}\nPRIORITY={priority:d}\n"]
        record.append(self._constant)
        for name, value in fields.items():
            record.append(f"{name}={value.replace(_LINE_END, ' ')}\n")
        self._socket.send("".join(record).encode("utf-8", "replace"))


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
