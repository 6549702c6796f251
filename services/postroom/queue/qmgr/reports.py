"""Have the sender told, through bounce(8)."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from postroom.contracts.bounce import Kind, Tell
from postroom.contracts.delivery import Part
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.status import Outcome
from postroom.queue.qmgr.content import Enclosed
from postroom.queue.qmgr.message import ActiveMessage
from postroom.spool.record import Corrupt

# One report tells of so many recipients, in so many characters: frames are bounded, and so is
# the mail that bounce makes of it. Remote hosts may have had a lot to say.
_MAX_RECIPIENTS = 1000
_MAX_CHARACTERS = 500_000


class Reporter:
    """Sends reports through one client for each kind (services bounce, defer and trace)."""

    def __init__(self, clients: dict[Kind, Client]) -> None:
        self._clients = clients

    async def tell(self, kind: Kind, message: ActiveMessage, outcomes: Sequence[Outcome]) -> str:
        """Report on some recipients. Why it did not work, or nothing if it did."""
        parts = [Part(message.recipients[outcome.recipient], outcome) for outcome in outcomes]
        return await self._tell_all(kind, message, parts)

    async def trace(self, message: ActiveMessage) -> str:
        """Report on everybody, as sendmail -bv and -v ask for; the answer is as above."""
        return await self._tell_all(Kind.TRACE, message, message.trace())

    async def _tell_all(self, kind: Kind, message: ActiveMessage, parts: Sequence[Part]) -> str:
        try:
            for portion in _portions(parts):
                await self._tell(kind, message, portion)
        except (Unavailable, Corrupt) as error:
            return str(error)
        except OSError as error:
            return error.strerror or "cannot read the message"
        return ""

    async def _tell(self, kind: Kind, message: ActiveMessage, parts: Sequence[Part]) -> None:
        recipients = tuple(part.recipient for part in parts)
        numbered = tuple(
            structs.replace(part.outcome, recipient=index) for index, part in enumerate(parts)
        )
        with Enclosed(message.stored) as content:
            question = Tell(
                kind,
                message.queue_id,
                message.envelope.to(recipients),
                numbered,
                message.stored.size,
                content.inline,
                content.offset,
            )
            await self._clients[kind].ask_with_descriptors(question, content.descriptors)


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
