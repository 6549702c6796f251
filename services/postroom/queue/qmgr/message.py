"""One message in the active queue: who is served, who is not, and why."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto

from msgspec import structs

from postroom.contracts.delivery import Part
from postroom.mail.envelope import Envelope
from postroom.mail.status import Fate, Outcome, Reach
from postroom.mail.verp import personal
from postroom.spool.stored import StoredMessage


class Order(Enum):
    """What the superuser wants done with an active message once nothing of it is under way."""

    NONE = auto()
    DELETE = auto()
    HOLD = auto()


class ActiveMessage:
    """``since`` is when it became active (seconds since 1970), ``waited`` whether it was deferred
    before, ``flush`` whether somebody asked for it to be tried now. ``parts`` are what became of
    those that recipients were expanded to, as far as somebody may hear of it, ``passed`` the
    recipients that a transport handed on to another."""

    __slots__ = (
        "_left",
        "envelope",
        "expire",
        "flush",
        "order",
        "outcomes",
        "parts",
        "passed",
        "queue_id",
        "recipients",
        "since",
        "stored",
        "waited",
    )

    def __init__(
        self, stored: StoredMessage, since: float, *, waited: bool = False, flush: bool = False
    ) -> None:
        self.stored = stored
        self.queue_id = stored.queue_id
        self.envelope = stored.state.envelope
        self.recipients = self.envelope.recipients
        self.since = since
        self.waited = waited
        self.flush = flush
        self.order = Order.NONE
        self.expire = stored.state.expire
        self.outcomes: dict[int, Outcome] = {}
        self.parts: tuple[Part, ...] = ()
        self.passed: set[int] = set()
        self._left = len(self.recipients) - len(stored.done)

    def resolve(self, indexes: Sequence[int], addresses: Iterable[str]) -> None:
        """Some recipients are served by these addresses from now on; in the queue they stay what
        they were, to be resolved anew when this is tried again."""
        known = self.recipients
        pairs = zip(indexes, addresses, strict=True)
        changed = {i: known[i].resolved(one) for i, one in pairs if one != known[i].address}
        if changed:
            self.recipients = tuple(changed.get(i, one) for i, one in enumerate(known))
            self.envelope = self.envelope.to(self.recipients)

    def ordered(self, order: Order) -> bool:
        """Whether the superuser wants this by now."""
        return self.order is order

    def apart(self, recipients: Sequence[int]) -> list[Sequence[int]]:
        """Recipients as they may be served together: with variable return paths each alone."""
        return [(index,) for index in recipients] if self.envelope.is_personal else [recipients]

    def envelope_for(self, recipients: tuple[int, ...]) -> Envelope:
        """What a delivery agent is told."""
        everybody = self.recipients
        envelope = self.envelope
        if len(recipients) != len(everybody):
            envelope = envelope.to(tuple(everybody[index] for index in recipients))
        return personal(envelope) if envelope.is_personal else envelope

    @property
    def unsettled(self) -> list[int]:
        """Indexes of the recipients nothing is known of yet."""
        done, known = self.stored.done, self.outcomes
        return [i for i in range(len(self.recipients)) if i not in done and i not in known]

    @property
    def left(self) -> int:
        """How many recipients were not tried yet."""
        return self._left

    @property
    def settled(self) -> bool:
        """Whether every recipient was tried."""
        return self._left == 0

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Take what became of some recipients; the first outcome for each is the one that counts.

        Those that were served are recorded at once, unless that was all there was to do: what
        is left takes time, and a restart must not serve them again. A probe serves nobody, and
        is all made again if it has to be.
        """
        served = []
        for outcome in outcomes:
            if outcome.recipient in self.outcomes:
                continue
            self.outcomes[outcome.recipient] = outcome
            self._left -= 1
            if outcome.fate is Fate.SENT:
                served.append(outcome.recipient)
        if served and not self._all_served() and not self.envelope.is_probe:
            self.stored.recipients_done(tuple(served))

    def _all_served(self) -> bool:
        if self._left:
            return False
        return all(outcome.fate is Fate.SENT for outcome in self.outcomes.values())

    def with_fate(self, fate: Fate) -> list[Outcome]:
        """The outcomes of one kind, in the order of the recipients."""
        outcomes = sorted(self.outcomes.items())
        return [outcome for _, outcome in outcomes if outcome.fate is fate]

    def details(self, outcomes: Iterable[Outcome]) -> list[Part]:
        """Whom some outcomes are about: the recipients, or those whom an agent made of them."""
        parts: dict[tuple[int, Fate], list[Part]] = {}
        for part in self.parts:
            parts.setdefault((part.outcome.recipient, part.outcome.fate), []).append(part)
        details = []
        for outcome in outcomes:
            whole = [Part(self.recipients[outcome.recipient], outcome)]
            details += parts.get((outcome.recipient, outcome.fate), whole)
        return details

    def expanded(self) -> list[Part]:
        """Who became others before the message was queued, and wants to hear of it."""
        became = Outcome(0, "2.0.0", "alias expanded", reach=Reach.EXPANDED)
        return [Part(recipient, became) for recipient in self.envelope.expanded]

    def trace(self) -> list[Part]:
        """What became of everybody, in the order of the recipients, and of each part of whom
        an agent expanded."""
        expanded = {part.outcome.recipient for part in self.parts}
        others = [
            Part(self.recipients[index], outcome)
            for index, outcome in self.outcomes.items()
            if index not in expanded
        ]
        # Whoever asks for a trace gets it, whoever owns a list.
        parts = [structs.replace(part, owner="") for part in self.parts]
        tried = sorted((*parts, *others), key=lambda part: part.outcome.recipient)
        return [*self.expanded(), *tried]
