"""Masquerading that tells which addresses it changed."""

from postroom.cleanup.masquerade import Masquerade
from postroom.cleanup.settings import Settings
from postroom.explanation.record import Masqueraded, Record
from postroom.maillog.cleanup import CleanupLog


class WatchedMasquerade(Masquerade):
    def __init__(self, settings: Settings, log: CleanupLog, record: Record) -> None:
        super().__init__(settings, log)
        self._record = record

    async def map(self, queue_id: str, address: str, address_class: str) -> str:
        became = await super().map(queue_id, address, address_class)
        if became != address:
            self._record.add(Masqueraded(address, became))
        return became
