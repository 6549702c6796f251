"""One copy of a message on its way through aliases: whose it is now, and who answers for it."""

from typing import NamedTuple

from msgspec import structs

from postroom.mail.envelope import Recipient


class Copy(NamedTuple):
    """``position`` is the recipient's in the request; ``recipient`` where the copy goes now.

    ``sender`` hears of its failures: an alias with an owner changes it.
    """

    position: int
    recipient: Recipient
    sender: str

    def to(self, address: str) -> "Copy":
        """The same copy for another address; who was written to first is not forgotten."""
        original = self.recipient.original or self.recipient.address
        recipient = structs.replace(self.recipient, address=address, original=original)
        return self._replace(recipient=recipient)

    def expanded(self) -> "Copy":
        """The same copy on its way to others, of whom the sender hears no success."""
        return self._replace(recipient=self.recipient.without_success())

    def from_owner(self, owner: str) -> "Copy":
        """A list sends its mail itself (RFC 3461 section 5.2.7.1), but for what nobody sent."""
        if self.sender == "":
            return self
        return self._replace(sender=owner, recipient=structs.replace(self.recipient, orcpt=""))
