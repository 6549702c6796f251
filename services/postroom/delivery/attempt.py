"""One request of the queue manager under way: each recipient is settled, logged and reported."""

import time
from collections.abc import Awaitable, Callable

from msgspec import structs

from postroom.contracts.delivery import Deliver, Part, Report
from postroom.delivery.content import Content
from postroom.mail.envelope import Recipient
from postroom.mail.status import Fate, Outcome, StatusCode
from postroom.maillog.delivery import Delays, DeliveryLog
from postroom.maillog.record import printable

# A report must fit a frame, whomever a list has; the log tells of the others.
MAX_PARTS = 500
# What is said in place of an outcome (delivery_status_filter).
Revision = Callable[[Outcome], Awaitable[Outcome]]
# What becomes of an outcome once it is final.
_Ending = Callable[[Outcome], None]


class Attempt:
    """Collects exactly one outcome per recipient and writes its log line at that moment.

    With a ``revision`` outcomes are final, and lines written, when the attempt is over and
    ``revise`` is called: whoever revises may be slow, and no other delivery waits for that. With
    ``soft_bounce`` every permanent failure of mail is reported as a temporary one (postconf(5)).
    """

    def __init__(
        self,
        request: Deliver,
        content: Content,
        log: DeliveryLog,
        soft_bounce: bool = False,
        revision: Revision | None = None,
    ) -> None:
        self.request = request
        self.content = content
        self._log = log
        self._soft_bounce = soft_bounce
        self._revision = revision
        self._unrevised: list[tuple[Outcome, _Ending]] = []
        self._outcomes: dict[int, Outcome] = {}
        self._parts: list[Part] = []
        self._passed: list[int] = []
        self._setup_ended: float | None = None
        self._nexthop_failure = ""

    @property
    def unsettled(self) -> list[int]:
        """Indexes of the recipients that have no outcome yet, in the order of the request."""
        count = len(self.request.envelope.recipients)
        known = self._outcomes.keys() | set(self._passed)
        return [index for index in range(count) if index not in known]

    def set_up(self) -> None:
        """A connection or mailbox is ready: what follows counts as transmission."""
        self._setup_ended = time.time()

    def settle(self, outcome: Outcome, conn_use: int = 1) -> None:
        """Record and log what became of one recipient; the first outcome is the one that counts."""
        if not self._is_first(outcome):
            return
        recipient = self.request.envelope.recipients[outcome.recipient]
        delays = self._delays()

        def end(final: Outcome) -> None:
            self._keep(final)
            self._write(recipient, final, delays, conn_use)

        self._decide(outcome, end)

    def record(self, outcome: Outcome) -> None:
        """Settle a recipient whose parts are in the log already."""
        if self._is_first(outcome):
            self._decide(outcome, self._keep)

    def log_part(self, recipient: Recipient, outcome: Outcome, owner: str = "") -> None:
        """Log what became of ``recipient``, to whom a recipient of the request was expanded.

        The ``owner`` of a list is told instead of the sender.
        """
        delays = self._delays()

        def end(final: Outcome) -> None:
            self._write(recipient, final, delays, conn_use=1)
            told = final.fate is not Fate.SENT or self.request.envelope.trace
            if told and len(self._parts) < MAX_PARTS:
                self._parts.append(Part(recipient, self._softened(final), owner))

        self._decide(outcome, end)

    def warn(self, text: str) -> None:
        """Tell the admin, as part of this message's history."""
        self._log.warning(text, QUEUE_ID=self.request.queue_id)

    def settle_rest(self, code: StatusCode, text: str, relay: str = "none") -> None:
        """The same outcome for every recipient that has none yet."""
        line = printable(text)
        for index in self.unsettled:
            self.settle(Outcome(index, code, line, relay))

    def pass_rest(self, transport: str) -> None:
        """Have another transport serve every recipient that has no outcome yet."""
        request = self.request
        for index in self.unsettled:
            self._log.passing(request.queue_id, request.envelope.recipients[index], transport)
            self._passed.append(index)

    def nexthop_failed(self, reason: str) -> None:
        """The destination as a whole cannot be used now; the scheduler will hear of it."""
        self._nexthop_failure = printable(reason)

    async def revise(self) -> None:
        """Make final what waits for a revision, in the order in which it was found."""
        if self._revision is None:
            return
        for outcome, end in self._unrevised:
            end(_presentable(await self._revision(outcome)))
        self._unrevised.clear()

    def report(self) -> Report:
        outcomes = tuple(self._outcomes.values())
        return Report(outcomes, self._nexthop_failure, tuple(self._parts), tuple(self._passed))

    def _is_first(self, outcome: Outcome) -> bool:
        """Its recipient is settled from now on, whatever a revision will make of it."""
        if outcome.recipient in self._outcomes:
            return False
        self._keep(outcome)
        return True

    def _keep(self, outcome: Outcome) -> None:
        self._outcomes[outcome.recipient] = self._softened(outcome)

    def _decide(self, outcome: Outcome, end: _Ending) -> None:
        if self._revision is None:
            end(_presentable(outcome))
        else:
            self._unrevised.append((outcome, end))

    def _write(self, recipient: Recipient, outcome: Outcome, delays: Delays, conn_use: int) -> None:
        request = self.request
        probe = request.envelope.is_probe
        final = self._softened(outcome)
        softened = final is not outcome
        log = self._log.outcome
        log(request.queue_id, recipient, final, delays, conn_use, probe=probe, softened=softened)

    def _softened(self, outcome: Outcome) -> Outcome:
        """What ``soft_bounce`` leaves of an outcome; a probe wants to know how it is."""
        hard = self._soft_bounce and outcome.fate is Fate.BOUNCED
        if not hard or self.request.envelope.is_probe:
            return outcome
        return structs.replace(outcome, code="4" + outcome.code[1:])

    def _delays(self) -> Delays:
        now = time.time()
        request = self.request
        started = request.requested
        setup_ended = started if self._setup_ended is None else self._setup_ended
        return Delays(
            request.active_since - request.envelope.arrival,
            started - request.active_since,
            setup_ended - started,
            now - setup_ended,
        )


def _presentable(outcome: Outcome) -> Outcome:
    """No control characters out of a remote reply."""
    text, reply = printable(outcome.text), printable(outcome.remote_reply)
    if text is outcome.text and reply is outcome.remote_reply:
        return outcome
    return structs.replace(outcome, text=text, remote_reply=reply)
