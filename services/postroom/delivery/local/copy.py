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

    def from_sender(self, sender: str) -> "Copy":
        return self if self.sender == "" else self._replace(sender=sender)
