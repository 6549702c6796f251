"""Who is told of what: the sender, the postmaster, or nobody."""

from typing import Final, NamedTuple

from msgspec import structs

from postroom.bounce.settings import Settings
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.address import NULL_SENDER, completed
from postroom.mail.envelope import Notify
from postroom.mail.status import Outcome
from postroom.mail.verp import personal_sender

_WISHES: Final = {Kind.FAILURE: Notify.FAILURE, Kind.DELAY: Notify.DELAY}
# main.cf, notify_classes: whoever hears of all bounces hears of those nobody gets, too.
_DOUBLE_BOUNCES: Final = frozenset({"bounce", "2bounce"})


class Notice(NamedTuple):
    """One report to send: to whom, about which recipients, from which envelope sender.

    The postmaster's is a ``copy`` where there is a sender; it carries the header only, and
    nobody waits for it.
    """

    address: str
    outcomes: tuple[Outcome, ...]
    sender: str = NULL_SENDER
    to_postmaster: bool = False
    copy: bool = False


class Audience:
    def __init__(self, settings: Settings) -> None:
        self._classes: Final = frozenset(settings.notify_classes)
        self._double_bounce: Final = completed(settings.double_bounce_sender, settings.myhostname)
        self._bounces_to = settings.bounce_notice_recipient
        self._delays_to = settings.delay_notice_recipient
        self._double_bounces_to = settings.double_bounce_notice_recipient
        self._verp_disabled = settings.disable_verp_bounces

    def is_double_bounce(self, sender: str) -> bool:
        """Whether this is mail of ours about mail that could not be returned."""
        return sender.lower() == self._double_bounce.lower()

    def apart(self, question: Tell) -> list[Tell]:
        """The question as it is to be answered: of recipients with senders of their own, one for
        each."""
        if not self._is_personal(question):
            return [question]
        return [structs.replace(question, outcomes=(one,)) for one in question.outcomes]

    def notices(self, question: Tell) -> list[Notice]:
        """The reports to send."""
        sender = question.envelope.sender
        if self.is_double_bounce(sender):
            return []
        notices = []
        outcomes = wanted(question)
        if sender and outcomes:
            notices.append(Notice(self._return_path(question), outcomes))
        postmaster = self._copy_to(question.kind) if sender else self._instead(question.kind)
        if postmaster:
            notices.append(self._to_postmaster(postmaster, question, copy=bool(sender)))
        return notices

    def double_bounce(self, question: Tell) -> Notice | None:
        """For the postmaster who wants to see what a sender cannot be told."""
        address = self._instead(question.kind)
        return self._to_postmaster(address, question, copy=False) if address else None

    def _is_personal(self, question: Tell) -> bool:
        """VERP_README: only what did not get there is told this way."""
        failure = question.kind is Kind.FAILURE
        return failure and question.envelope.is_personal and not self._verp_disabled

    def _return_path(self, question: Tell) -> str:
        """Where the message of the recipients in question came from, as they saw it."""
        envelope = question.envelope
        if not self._is_personal(question):
            return envelope.sender
        recipient = envelope.recipients[question.outcomes[0].recipient]
        return personal_sender(envelope.sender, recipient, envelope.verp)

    def _to_postmaster(self, address: str, question: Tell, *, copy: bool) -> Notice:
        """From an address whose own bounces end here, so that nothing goes in circles.

        What the sender wanted to hear (RFC 3461, NOTIFY) is no concern of the postmaster's.
        """
        return Notice(address, question.outcomes, self._double_bounce, True, copy)

    def _copy_to(self, kind: Kind) -> str:
        """The postmaster who hears of this together with the sender, or empty."""
        if kind is Kind.FAILURE and "bounce" in self._classes:
            return self._bounces_to
        if kind is Kind.DELAY and "delay" in self._classes:
            return self._delays_to
        return ""

    def _instead(self, kind: Kind) -> str:
        """The postmaster who hears of this in the sender's place, or empty."""
        if kind is Kind.FAILURE:
            return self._double_bounces_to if self._classes & _DOUBLE_BOUNCES else ""
        return self._copy_to(kind)


def wanted(question: Tell) -> tuple[Outcome, ...]:
    """The outcomes the sender asked to hear about, by each recipient's NOTIFY.

    RFC 3461 section 4.1: who names no wish hears about failure and delay. Of successes and of
    a trace, qmgr asks about those only that somebody wants to hear of.
    """
    wish = _WISHES.get(question.kind)
    if wish is None:
        return question.outcomes

    def is_wanted(outcome: Outcome) -> bool:
        notify = question.envelope.recipients[outcome.recipient].notify
        return not notify or wish in notify

    return tuple(filter(is_wanted, question.outcomes))
