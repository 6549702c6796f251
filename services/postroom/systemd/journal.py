"""Write journal records: one datagram each, text and fields together (systemd-journald(8))."""

import logging
from enum import IntEnum
from typing import Protocol

from postroom.systemd.facilities import FACILITIES
from postroom.systemd.journal_socket import JournalSocket

_LINE_END = "\n"


class Priority(IntEnum):
    """syslog(3)."""

    CRITICAL = 2
    ERROR = 3
    WARNING = 4
    INFO = 6


class Journal(Protocol):
    """Where records go; tests keep them in a list."""

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None: ...


class SystemJournal:
    """The journal of the system: facility ``mail``, identifier ``postfix/smtpd`` or alike."""

    def __init__(self, identifier: str, facility: str, socket: JournalSocket | None = None) -> None:
        self._socket = socket or JournalSocket()
        origin = f"SYSLOG_FACILITY={FACILITIES[facility]}\nSYSLOG_IDENTIFIER={identifier}\n"
        self._heads = {priority: f"PRIORITY={priority:d}\n{origin}" for priority in Priority}

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        """A line end would end the field (sd-journal's native protocol), so there is none."""
        fields = {"MESSAGE": message, **fields}
        body = "".join([f"{name}={value}\n" for name, value in fields.items()])
        if body.count(_LINE_END) > len(fields):
            clean = {name: value.replace(_LINE_END, " ") for name, value in fields.items()}
            body = "".join([f"{name}={value}\n" for name, value in clean.items()])
        self._socket.send(f"{body}{self._heads[priority]}".encode("utf-8", "replace"))


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
