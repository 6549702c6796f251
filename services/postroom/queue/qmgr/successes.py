"""Which successes somebody hears of (RFC 3461, NOTIFY=SUCCESS; main.cf, confirm_delay_cleared)."""

from typing import NamedTuple

from postroom.contracts.delivery import Part
from postroom.mail.envelope import Notify
from postroom.mail.status import Fate, Outcome
from postroom.queue.qmgr.message import ActiveMessage


class Successes(NamedTuple):
    """``confirm_delay_cleared``: who was told of a delay is told of its end."""

    confirm_delay_cleared: bool

    def any(self, message: ActiveMessage) -> bool:
        """Whether one of a message whose recipients are all served is to be told."""
        for outcome in message.outcomes.values():
            if self._wanted(message, outcome):
                return True
        return bool(message.envelope.expanded)

    def parts(self, message: ActiveMessage) -> list[Part]:
        """Of whom there is good to tell: who became others on the way, and who was served."""
        served = [one for one in message.with_fate(Fate.SENT) if self._wanted(message, one)]
        parts = [Part(message.recipients[one.recipient], one) for one in served]
        return [*message.expanded(), *parts]

    def _wanted(self, message: ActiveMessage, outcome: Outcome) -> bool:
        """RFC 3461 section 5.2: whoever is able to pass the wish on does not fulfil it himself.

        Of our own warnings the next host knows nothing.
        """
        wishes = message.recipients[outcome.recipient].notify
        if Notify.SUCCESS in wishes and not outcome.passed_on:
            return True
        warned = self.confirm_delay_cleared and message.stored.state.warned
        return warned and (not wishes or Notify.DELAY in wishes)
