"""A journal that tests can read."""

from postroom.systemd.journal import Priority


class MemoryJournal:
    """Keeps the texts as ``lines``, and as ``records`` what a record has besides."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.records: list[dict[str, str]] = []

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        self.lines.append(message)
        self.records.append({"MESSAGE": message, **fields})
