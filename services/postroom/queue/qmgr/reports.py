"""Have the sender told, through bounce(8)."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from postroom.contracts.bounce import Kind, Tell
from postroom.contracts.delivery import Part
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.queue.qmgr.content import Enclosed
from postroom.queue.qmgr.message import ActiveMessage
from postroom.spool.record import Corrupt

# One report tells of so many recipients, in so many characters: frames are bounded, and so is
# the mail that bounce makes of it. Remote hosts may have had a lot to say.
_MAX_RECIPIENTS = 1000
_MAX_CHARACTERS = 500_000


class Reporter:
    """Sends reports through one client for each kind (bounce, defer, trace, probed)."""

    def __init__(self, clients: dict[Kind, Client]) -> None:
        self._clients = clients

    async def tell(self, kind: Kind, message: ActiveMessage, parts: Sequence[Part]) -> str:
        """Report on some recipients. Why it did not work, or nothing if it did."""
        try:
            for owner, own in _by_owner(parts).items():
                for portion in _portions(own):
                    await self._tell(kind, message, owner, portion)
        except (Unavailable, Corrupt) as error:
            return str(error)
        except OSError as error:
            return error.strerror or "cannot read the message"
        return ""

    async def _tell(
        self, kind: Kind, message: ActiveMessage, owner: str, parts: Sequence[Part]
    ) -> None:
        recipients = tuple(part.recipient for part in parts)
        numbered = tuple(
            structs.replace(part.outcome, recipient=index) for index, part in enumerate(parts)
        )
        envelope = message.envelope.to(recipients)
        if owner:
            envelope = structs.replace(envelope, sender=owner, verp="")
        with Enclosed(message.stored) as content:
            question = Tell(
                kind,
                message.queue_id,
                envelope,
                numbered,
                message.stored.size,
                content.inline,
                content.offset,
            )
            await self._clients[kind].ask_with_descriptors(question, content.descriptors)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def _by_owner(parts: Sequence[Part]) -> dict[str, list[Part]]:
    """The owner of a list hears of its members, the message's sender (empty) of all others."""
    owners: dict[str, list[Part]] = {}
    for part in parts:
        owners.setdefault(part.owner, []).append(part)
    return owners


def _portions(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    start, room = 0, _MAX_CHARACTERS
    for end, part in enumerate(parts):
        room -= _length(part)
        if end > start and (room < 0 or end - start == _MAX_RECIPIENTS):
            yield parts[start:end]
            start, room = end, _MAX_CHARACTERS - _length(part)
    if start < len(parts):
        yield parts[start:]


def _length(part: Part) -> int:
    to, outcome = part.recipient, part.outcome
    addresses = len(to.address) + len(to.original) + len(to.orcpt)
    return addresses + len(outcome.text) + len(outcome.remote_reply) + len(outcome.relay)
