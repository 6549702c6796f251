"""Hide the hosts behind a domain: user@host.example.com becomes user@example.com."""

from postroom.cleanup.refusal import WRITE_PROBLEM, Refusal
from postroom.cleanup.settings import Settings
from postroom.mail.address import split_address
from postroom.maillog.cleanup import CleanupLog
from postroom.tables import TableError
from postroom.tables.folding import fold
from postroom.tables.match_list import StringList


class Masquerade:
    """masquerade_domains, in their order: the first one that a domain belongs to decides.

    Below one with ``!`` in front nothing is hidden; nor for users among masquerade_exceptions.
    """

    def __init__(self, settings: Settings, log: CleanupLog) -> None:
        self._classes = frozenset(settings.masquerade_classes)
        self._exceptions = StringList(settings.masquerade_exceptions)
        self._log = log
        self._parents = [
            (fold(entry.lstrip("!")), (len(entry) - len(entry.lstrip("!"))) % 2 == 0)
            for entry in settings.masquerade_domains
        ]

    async def map(self, queue_id: str, address: str, address_class: str) -> str:
        """The address as others may see it; raises Refusal."""
        if not self._parents or address_class not in self._classes:
            return address
        local, domain = split_address(address)
        parent = self._hiding(fold(domain))
        if not parent or await self._is_exempt(queue_id, local):
            return address
        return f"{local}@{parent}"

    def _hiding(self, domain: str) -> str:
        """What remains of the domain; empty where nothing is to be hidden, as in that itself."""
        for parent, hides in self._parents:
            if domain == parent or domain.endswith(f".{parent}"):
                return parent if hides and domain != parent else ""
        return ""

    async def _is_exempt(self, queue_id: str, user: str) -> bool:
        try:
            return await self._exceptions.holds(user)
        except TableError as error:
            self._log.table_problem(queue_id, "masquerade_exceptions", str(error))
            raise Refusal(WRITE_PROBLEM) from None
