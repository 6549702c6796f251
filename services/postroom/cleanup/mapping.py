"""What becomes of an address that is in form: its canonical form, then a domain without hosts."""

from postroom.cleanup.canonical import Canonical
from postroom.cleanup.masquerade import Masquerade


class Mapping:
    """The same for envelope and header; which parts of it act depends on the class of address."""

    def __init__(self, canonical: Canonical, masquerade: Masquerade) -> None:
        self._canonical = canonical
        self._masquerade = masquerade

    async def map(self, queue_id: str, address: str, address_class: str) -> str:
        """Raises Refusal."""
        address = await self._canonical.map(queue_id, address, address_class)
        return await self._masquerade.map(queue_id, address, address_class)
