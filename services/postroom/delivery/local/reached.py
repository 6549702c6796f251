"""Where one message has come to on this machine: who is named twice gets it once."""

from postroom.delivery.local.copy import Copy
from postroom.delivery.local.parts import Part
from postroom.delivery.local.progress import Key
from postroom.mail.address import split_address


class Reached:
    """``done`` are the destinations that have the message, since an earlier attempt or now."""

    def __init__(self, done: frozenset[Key]) -> None:
        self.done: set[Key] = set(done)
        self._begun: set[Key] = set(done)

    def begin(self, destination: Key) -> bool:
        """Whether the message is to go there; not if it is there already, or was refused there."""
        if destination in self._begun:
            return False
        self._begun.add(destination)
        return True

    def note(self, part: Part, *destinations: Key) -> None:
        """What became of it there."""
        if part.done:
            self.done.update(destinations)


def address_of(copy: Copy) -> Key:
    """The destination of a message of its own; domains have no case."""
    local, domain = split_address(copy.recipient.address)
    return ("address", f"{local}@{domain.lower()}")
