"""canonical(5): exchange an address for its official form, in envelope and header."""

from typing import Final

from postroom.cleanup.lookup import Lookup, NamedMaps
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.maillog.cleanup import CleanupLog
from postroom.tables import Maps

# How often a result is looked up again before the tables are taken to go in circles.
MAX_ROUNDS: Final = 16

ENVELOPE_SENDER: Final = "envelope_sender"
ENVELOPE_RECIPIENT: Final = "envelope_recipient"
HEADER_SENDER: Final = "header_sender"
HEADER_RECIPIENT: Final = "header_recipient"


class Canonical:
    """All three canonical parameters; which of them acts depends on the class of address."""

    def __init__(
        self, settings: Settings, lookup: Lookup, rewriter: Rewriter, log: CleanupLog
    ) -> None:
        self._lookup = lookup
        self._rewriter = rewriter
        self._log = log
        propagate = "canonical" in settings.propagate_unmatched_extensions
        # The specific tables come before the one for all addresses (ADDRESS_REWRITING_README).
        parameters = (
            (
                "sender_canonical_maps",
                settings.sender_canonical_maps,
                settings.sender_canonical_classes,
            ),
            (
                "recipient_canonical_maps",
                settings.recipient_canonical_maps,
                settings.recipient_canonical_classes,
            ),
            ("canonical_maps", settings.canonical_maps, settings.canonical_classes),
        )
        self._tables = [
            (NamedMaps(name, Maps(maps), propagate), frozenset(classes))
            for name, maps, classes in parameters
            if maps
        ]

    async def map(self, queue_id: str, address: str, address_class: str) -> str:
        """The canonical form of an address of one of the classes above; raises Refusal."""
        if address:
            for tables, classes in self._tables:
                if address_class in classes:
                    address = await self._through(queue_id, tables, address)
        return address

    async def _through(self, queue_id: str, tables: NamedMaps, address: str) -> str:
        for _ in range(MAX_ROUNDS):
            found = await self._lookup.find(queue_id, tables, address)
            if found is None:
                return address
            new = await self._rewriter.one(found[0])
            if len(found) > 1:
                self._log.many_results(queue_id, tables.parameter, address)
            if not new or new.lower() == address.lower():
                return new
            address = new
        # Postfix, too, says that it is not accepted, and accepts it.
        self._log.unreasonable(queue_id, tables.parameter, "nesting", address)
        return address
