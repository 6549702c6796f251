"""Probes on their way: messages that end before they are delivered."""

import time
from collections.abc import Callable

from postroom.contracts.cleanup import Refused
from postroom.contracts.intake import Intake
from postroom.ipc.contract import Unavailable
from postroom.lookup.verify.settings import Settings
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.probe_sender import ProbeSender
from postroom.maillog.verify import VerifyLog

# One that nothing was heard of for so long is lost (as in Postfix).
PATIENCE_SECONDS = 1000.0
_CONTENT = b"Subject: probe\r\n\r\n"


class Probes:
    """At most so many at a time, and one to each address. ``monotonic`` is a clock."""

    def __init__(
        self,
        settings: Settings,
        intake: Intake,
        log: VerifyLog,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sender = ProbeSender.of(
            settings.address_verify_sender, settings.myorigin, settings.address_verify_sender_ttl
        )
        self._limit = settings.address_verify_pending_request_limit
        self._intake = intake
        self._log = log
        self._monotonic = monotonic
        self._since: dict[str, float] = {}
        self._addresses: dict[str, str] = {}

    async def send(self, address: str) -> None:
        """Have one queued, unless one is under way or too many are."""
        now = self._monotonic()
        since = self._since.get(address)
        waits = since is not None and now - since < PATIENCE_SECONDS
        if waits or len(self._since) >= self._limit:
            return
        self._since[address] = now
        try:
            queue_id = await self._intake.queue_id()
            self._addresses[queue_id] = address
            answer = await self._intake.submit(queue_id, self._envelope(address), _CONTENT)
        except Unavailable as error:
            self._log.not_sent(address, str(error))
            self.end(queue_id="", address=address)
            return
        if isinstance(answer, Refused):
            self._log.not_sent(address, answer.line)
            self.end(queue_id, address)

    def end(self, queue_id: str, address: str) -> str:
        """One is over; the address that it was for, or ``address`` where nobody knows any more."""
        probed = self._addresses.pop(queue_id, address)
        self._since.pop(probed, None)
        return probed

    def _envelope(self, address: str) -> Envelope:
        now = time.time()
        return Envelope(self._sender.at(now), (Recipient(address),), now, trace="probe")
