"""Who is told: the sender, the postmaster, or nobody."""

from typing import Final, NamedTuple

from postroom.bounce.report import Addressee
from postroom.bounce.settings import Settings
from postroom.contracts.bounce import Kind, Tell
from postroom.mail.address import NULL_SENDER, split_address
from postroom.mail.envelope import Notify
from postroom.mail.status import Outcome

_WISHES: Final = {
    Kind.FAILURE: Notify.FAILURE,
    Kind.DELAY: Notify.DELAY,
    Kind.SUCCESS: Notify.SUCCESS,
}
# RFC 3461 section 4.1: who names no wish hears about failure and delay.
_UNASKED: Final = frozenset({Kind.FAILURE, Kind.DELAY})


class Notice(NamedTuple):
    """One report to send: to whom, and from which envelope sender."""

    addressee: Addressee
    sender: str = NULL_SENDER


class Audience:
    def __init__(self, settings: Settings) -> None:
        self._classes: Final = frozenset(settings.notify_classes)
        self._double_bounce: Final = _complete(settings.double_bounce_sender, settings.myorigin)
        self._bounces_to = settings.bounce_notice_recipient
        self._delays_to = settings.delay_notice_recipient
        self._double_bounces_to = settings.double_bounce_notice_recipient

    def is_double_bounce(self, sender: str) -> bool:
        """Whether this is mail of ours about mail that could not be returned."""
        return sender.lower() == self._double_bounce.lower()

    def notices(self, question: Tell) -> list[Notice]:
        """The reports to send, the one whose queue id is the answer first; often one."""
        sender = question.envelope.sender
        if self.is_double_bounce(sender):
            return []
        notices = [Notice(Addressee(sender))] if sender else []
        copy_to = self._copy_to(question.kind, bool(sender))
        if copy_to:
            # From an address whose own bounces end here, so that nothing goes in circles.
            notices.append(Notice(Addressee(copy_to, True), self._double_bounce))
        return notices

    def _copy_to(self, kind: Kind, has_sender: bool) -> str:
        """The postmaster who wants this class of trouble (main.cf: notify_classes), or empty."""
        if kind is Kind.FAILURE and not has_sender:
            return self._double_bounces_to if "2bounce" in self._classes else ""
        if kind is Kind.FAILURE and "bounce" in self._classes:
            return self._bounces_to
        if kind is Kind.DELAY and "delay" in self._classes:
            return self._delays_to
        return ""


def wanted(question: Tell) -> tuple[Outcome, ...]:
    """The outcomes somebody asked to hear about, by each recipient's NOTIFY.

    Whoever asks for a trace hears of everybody.
    """
    if question.kind is Kind.TRACE:
        return question.outcomes
    wish = _WISHES[question.kind]

    def is_wanted(outcome: Outcome) -> bool:
        notify = question.envelope.recipients[outcome.recipient].notify
        return wish in notify if notify else question.kind in _UNASKED

    return tuple(filter(is_wanted, question.outcomes))


def _complete(address: str, origin: str) -> str:
    local, domain = split_address(address)
    return address if domain else f"{local}@{origin}"
