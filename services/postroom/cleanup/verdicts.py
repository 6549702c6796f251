"""What tables want done with a message besides another text (header_checks(5))."""

import re
from collections.abc import Callable
from typing import ClassVar, Final

from postroom.cleanup.refusal import CONTENT_REJECTED, Refusal
from postroom.contracts.cleanup import Refused
from postroom.inspection.edits import EDITS, KEEP, Edit, Hit, edit
from postroom.mail.address import is_safe
from postroom.mail.envelope import MAX_ADDRESS
from postroom.maillog.cleanup import CleanupLog, Origin
from postroom.maillog.record import printable

_STATUS: Final = re.compile(r"([0-9])(\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]+(.*)|\Z)", re.DOTALL)


class Verdicts:
    """What the entries that were hit come to: ``discard``, ``hold``, ``filter``, ``redirect``
    (empty for none) and ``copies``; ``asking``: whether tables are asked any more."""

    # What stands before an action in the log.
    prefix: ClassVar = ""

    def __init__(self, log: CleanupLog, queue_id: str, origin: Origin) -> None:
        self.asking = True
        self.discard = False
        self.hold = False
        self.filter = ""
        self.redirect = ""
        self.copies: list[str] = []
        self._log = log
        self._queue_id = queue_id
        self.origin = origin

    def act(self, hit: Hit) -> Edit:
        """Obey an entry; what becomes of the text. Raises Refusal."""
        edited = edit(hit, self)
        if edited is not None:
            return edited
        obey = _ACTIONS.get(hit.action)
        if obey is None:
            self.complain(f"unknown command in {hit.parameter} map: {hit.value}")
        else:
            obey(self, hit)
        return KEEP

    def acted(self, action: str, hit: Hit, text: str) -> None:
        what = f"{hit.kind} {hit.text[:200]}"
        self._log.acted(self._queue_id, self.origin, self.prefix + action, what, text)

    def complain(self, text: str) -> None:
        self._log.warning(text)

    def _reject(self, hit: Hit) -> None:
        refused = self._refused(hit.argument)
        self.acted("reject", hit, f"{refused.code} {refused.text}")
        raise Refusal(refused, logged=True)

    def _refused(self, text: str) -> Refused:
        if not text:
            return CONTENT_REJECTED
        given = _STATUS.match(text)
        digit, status = (given[1], given[2]) if given else ("5", ".7.1")
        if digit not in "45":
            self.complain(f"bad DSN action in {text} -- need 4.x.x or 5.x.x")
            digit = "4"
        why = printable((given[3] or "") if given else text)
        return Refused(550 if digit == "5" else 451, digit + status, why)

    def _pass(self, hit: Hit) -> None:
        self.acted("pass", hit, hit.argument)
        self.asking = False

    def _discard(self, hit: Hit) -> None:
        self.acted("discard", hit, hit.argument)
        self.discard, self.asking = True, False

    def _hold(self, hit: Hit) -> None:
        if not self.hold:
            self.acted("hold", hit, hit.argument)
            self.hold = True

    def _filter(self, hit: Hit) -> None:
        text = hit.argument
        if not text:
            self.complain(f"missing FILTER command argument in {hit.parameter} map")
        elif ":" not in text or not _fits(text):
            self.complain(
                f"bad FILTER command {text} in {hit.parameter} -- need transport:destination"
            )
        else:
            self.filter = text
            self.acted("filter", hit, text)

    def _redirect(self, hit: Hit) -> None:
        text = hit.argument
        if "@" not in text or not _fits(text):
            where = f"{hit.parameter} map -- need user@domain"
            self.complain(f'bad REDIRECT target "{text}" in {where}')
        else:
            self.redirect, self.asking = text, False
            self.acted("redirect", hit, text)

    def _copy(self, hit: Hit) -> None:
        text = hit.argument
        if "@" not in text or not _fits(text):
            self.complain(f'bad BCC address "{text}" in {hit.parameter} map -- need user@domain')
        else:
            self.copies.append(text)
            self.acted("bcc", hit, text)


def _fits(text: str) -> bool:
    """Whether it can stand in an envelope."""
    return len(text) <= MAX_ADDRESS and is_safe(text)


_ACTIONS: Final[dict[str, Callable[["Verdicts", Hit], None]]] = {
    "BCC": Verdicts._copy,
    "DISCARD": Verdicts._discard,
    "FILTER": Verdicts._filter,
    "HOLD": Verdicts._hold,
    "PASS": Verdicts._pass,
    "REDIRECT": Verdicts._redirect,
    "REJECT": Verdicts._reject,
}


class MilterVerdicts(Verdicts):
    """The same of fields that mail filters write (main.cf: milter_header_checks)."""

    prefix = "milter-header-"

    def act(self, hit: Hit) -> Edit:
        """As ``Verdicts``; milter has changed the text already. Nothing is put in front of it:
        Postfix cannot, and says so."""
        if hit.action not in _FOR_MILTERS:
            self.complain(f"unsupported command in {hit.parameter} map: {hit.value}")
            return KEEP
        edited = super().act(hit)
        if edited.keep and edited.new is not None:
            self.complain("the milter_header/body_checks prepend action is not implemented")
        return edited


_FOR_MILTERS: Final = (EDITS | _ACTIONS.keys()) - {"PASS"}
