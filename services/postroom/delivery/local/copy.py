"""One copy of a message on its way through aliases: whose it is now, and who answers for it."""

from typing import NamedTuple

from msgspec import structs

from postroom.mail.address import is_safe, split_address
from postroom.mail.envelope import MAX_ADDRESS, Recipient


class Copy(NamedTuple):
    """``position`` is the recipient's in the request; ``recipient`` where the copy goes now.

    ``sender`` hears of its failures: an alias with an ``owner`` changes it. With a ``forwarder``
    (the address whose list this is) members get messages of their own. ``extension`` of the
    address that a list was found for is to be handed on to its members. What goes on ``anew``
    was written by the list to its members, as far as they can see.
    """

    position: int
    recipient: Recipient
    sender: str
    forwarder: str = ""
    extension: str = ""
    owner: str = ""
    anew: bool = False

    def to(self, address: str) -> "Copy":
        """The same copy for another address; who was written to first is not forgotten.

        Raises ValueError for what no envelope may hold.
        """
        original = "" if self.anew else self.original
        address = _extended(address, self.extension)
        # Debian's msgspec does not look at what replace() makes.
        if len(address) > MAX_ADDRESS or not is_safe(address):
            raise ValueError("no address that could stand in an envelope")
        recipient = structs.replace(self.recipient, address=address)
        return self._replace(recipient=structs.replace(recipient, original=original))

    @property
    def original(self) -> str:
        """Who was written to."""
        return self.recipient.original or self.recipient.address

    def by(self, forwarder: str) -> "Copy":
        """For the members of a list that somebody keeps; the first such list counts."""
        return self if self.forwarder else self._replace(forwarder=forwarder)

    def owned_by(self, owner: str) -> "Copy":
        """For the members of a list whose ``owner`` hears of failures; bounces keep no sender.

        RFC 3461 section 5.2.7.1: such mail is the list's own.
        """
        recipient = structs.replace(self.recipient, orcpt="")
        told = self.sender and owner
        return self._replace(
            recipient=recipient, sender=told, forwarder=owner, owner=told, anew=True
        )

    def expanded(self) -> "Copy":
        """On its way to others, of whom the sender hears no success (RFC 3461 section 5.2.7)."""
        return self._replace(recipient=self.recipient.without_success())

    def is_for_others(self) -> bool:
        """Whether it is to become a message of its own instead of being delivered here."""
        return bool(self.forwarder) and self.recipient.address.lower() != self.forwarder.lower()


def _extended(address: str, extension: str) -> str:
    """``extension`` with its delimiter, where the address has none yet."""
    if not extension:
        return address
    local, domain = split_address(address)
    whole = local if extension[0] in local else f"{local}{extension}"
    return f"{whole}@{domain}" if domain else whole
