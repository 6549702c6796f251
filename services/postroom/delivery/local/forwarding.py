"""Members of a list that get messages of their own: they go back to cleanup, many at a time."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from postroom.contracts.cleanup import Queued
from postroom.contracts.intake import Intake
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.parts import Part
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope, Recipient

# A message with as many is queued, and delivered, in pieces that nothing minds.
MAX_RECIPIENTS = 1000


class Forwarded(NamedTuple):
    """One message that was made, or not: for whom, and what became of it."""

    copies: list[Copy]
    part: Part


class Forwarding:
    """Collects the copies of one attempt's recipient that go elsewhere."""

    def __init__(self, intake: Intake, attempt: Attempt, *, delivered_to: bool) -> None:
        self._intake = intake
        self._attempt = attempt
        self._delivered_to = delivered_to
        self._copies: dict[str, list[Copy]] = {}

    def add(self, copy: Copy) -> None:
        self._copies.setdefault(copy.sender, []).append(copy)

    async def send(self) -> list[Forwarded]:
        """Make the messages, one for each sender if they are not too many; a probe makes none."""
        if self._attempt.request.envelope.is_probe:
            return [_announced(copy) for copies in self._copies.values() for copy in copies]
        return [
            Forwarded(copies, Part(self._addressee(copies), await self._submit(sender, copies)))
            for sender, copies in self._portions()
        ]

    def _portions(self) -> Iterator[tuple[str, list[Copy]]]:
        for sender, copies in self._copies.items():
            for start in range(0, len(copies), MAX_RECIPIENTS):
                yield sender, copies[start : start + MAX_RECIPIENTS]

    async def _submit(self, sender: str, copies: list[Copy]) -> Result:
        try:
            queue_id = await self._intake.queue_id()
            upload = self._intake.upload(queue_id, self._envelope(sender, copies))
            if self._delivered_to:
                address = self._addressee(copies).address.lower()
                await upload.write(f"Delivered-To: {address}\r\n".encode())
            for piece in self._attempt.content.pieces():
                await upload.write(piece)
            answer = await upload.finish()
        except Unavailable as error:
            return Result("4.3.0", f"cannot forward: {error}")
        if isinstance(answer, Queued):
            return Result("2.0.0", f"forwarded as {answer.queue_id}")
        return Result(answer.code, f"cannot forward: {answer.line}")

    def _envelope(self, sender: str, copies: list[Copy]) -> Envelope:
        request, envelope = self._attempt.request, self._attempt.request.envelope
        addressee = self._addressee(copies).address
        return Envelope(
            sender=sender,
            recipients=tuple(_recipient(copy, addressee) for copy in copies),
            arrival=envelope.arrival,
            body=envelope.body,
            smtputf8=envelope.smtputf8,
            ret=envelope.ret,
            envid=envelope.envid,
            trace=envelope.trace,
            forwarded=envelope.upstream,
            forwarded_id=envelope.original_id(request.queue_id),
        )

    def _addressee(self, copies: list[Copy]) -> Recipient:
        """The recipient of the request that they were made for."""
        return self._attempt.request.envelope.recipients[copies[0].position]


def _announced(copy: Copy) -> Forwarded:
    """What would be done, for each by name."""
    result = Result("2.0.0", f"forwards to {copy.recipient.address}")
    return Forwarded([copy], Part(copy.recipient, result))


def _recipient(copy: Copy, addressee: str) -> Recipient:
    if copy.anew:
        return copy.recipient
    return structs.replace(copy.recipient, original=copy.recipient.original or addressee)
