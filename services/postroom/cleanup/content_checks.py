"""header_checks(5) for mail that comes in: what tables may want besides another text."""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from postroom.cleanup.refusal import CONTENT_REJECTED, HEADER_TOO_LARGE, WRITE_PROBLEM, Refusal
from postroom.cleanup.settings import Settings
from postroom.contracts.cleanup import Refused
from postroom.inspection.checks import Named, checks
from postroom.inspection.edits import KEEP, Edit, Hit, edit
from postroom.inspection.inspector import Inspector, Rules
from postroom.mail.address import is_safe
from postroom.mail.envelope import MAX_ADDRESS
from postroom.mail.header import Header, scan
from postroom.mail.mime import Flaw, Limits, TooLong
from postroom.maillog.cleanup import CleanupLog, Origin
from postroom.maillog.record import printable
from postroom.tables import TableError

_STATUS: Final = re.compile(r"([0-9])(\.[0-9]{1,3}\.[0-9]{1,3})(?:[ \t]+(.*)|\Z)", re.DOTALL)


class ContentChecks:
    """What main.cf wants looked at; ``wanted`` if that is anything."""

    def __init__(self, settings: Settings, log: CleanupLog) -> None:
        named = Named(
            settings.header_checks,
            settings.mime_header_checks,
            settings.nested_header_checks,
            settings.body_checks,
        )
        found = checks(named)
        self._log = log
        self._rules = Rules(
            found,
            Limits(settings.mime_nesting_limit, settings.mime_boundary_length_limit),
            settings.header_size_limit,
            settings.body_checks_size_limit,
            settings.line_length_limit,
            structured=not settings.disable_mime_input_processing,
        )
        self._flaws = frozenset(_forbidden(settings)) if self._rules.structured else frozenset()
        if self._flaws or any(checked.maps for checked in (found.header, found.mime, found.nested)):
            self._flaws |= {Flaw.NESTING}
        self.wanted = bool(found or self._flaws)

    def begin(self, queue_id: str, origin: Origin, *, smtputf8: bool) -> "Checking":
        """The checks of one message, whose header may be beyond ASCII (RFC 6531) or not."""
        flaws = self._flaws - {Flaw.HEADER_8BIT} if smtputf8 else self._flaws
        return Checking(self._rules, flaws, self._log, queue_id, origin)


def _forbidden(settings: Settings) -> list[Flaw]:
    strict = settings.strict_8bitmime
    wanted = {
        Flaw.HEADER_8BIT: strict or settings.strict_7bit_headers,
        Flaw.BODY_8BIT: strict or settings.strict_8bitmime_body,
        Flaw.ENCODING: settings.strict_mime_encoding_domain,
    }
    return [flaw for flaw, forbidden in wanted.items() if forbidden]


class Checking:
    """One message's checks, and what they come to: ``discard``, ``hold``, ``filter``,
    ``redirect`` (empty for none) and ``copies``."""

    def __init__(
        self,
        rules: Rules,
        flaws: frozenset[Flaw],
        log: CleanupLog,
        queue_id: str,
        origin: Origin,
    ) -> None:
        self.asking = True
        self.discard = False
        self.hold = False
        self.filter = ""
        self.redirect = ""
        self.copies: list[str] = []
        self._inspector = Inspector(rules, self)
        self._flaws = flaws
        self._found: list[Flaw] = []
        self._log = log
        self._queue_id = queue_id
        self._origin = origin

    # The content on its way; all raise Refusal.

    async def header(self, text: bytes) -> tuple[bytes, Header]:
        """The message's own header as it is to be. Fields that a table added have no name, so
        that they are left as they are."""
        await self._read(self._inspector.read(text + b"\r\n"))
        written = self._inspector.header
        content = b"".join(field.data for field in written)
        added, at = set(), 0
        for field in written:
            added.update([at] if field.added else [])
            at += len(field.data)
        header = scan(content)
        fields = (f._replace(name=b"") if f.start in added else f for f in header.fields)
        return content, header._replace(fields=tuple(fields))

    async def body(self, data: bytes) -> bytes:
        """What follows the empty line behind the header."""
        return await self._read(self._inspector.read(data))

    async def end(self) -> bytes:
        """What is left of it."""
        rest = await self._read(self._inspector.finish())
        if self._found:
            raise Refusal(Refused(550, "5.6.0", self._found[0].value), logged=True)
        return rest

    async def _read(self, work: Awaitable[bytes]) -> bytes:
        try:
            return await work
        except TableError as error:
            self._log.check_problem(self._queue_id, str(error))
            raise Refusal(WRITE_PROBLEM) from None
        except TooLong:
            raise Refusal(HEADER_TOO_LARGE) from None

    # What tables and the reader of the message have to say.

    def act(self, hit: Hit) -> Edit:
        edited = edit(hit, self)
        if edited is not None:
            return edited
        obey = _ACTIONS.get(hit.action)
        if obey is None:
            self.complain(f"unknown command in {hit.parameter} map: {hit.value}")
        else:
            obey(self, hit)
        return KEEP

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        if flaw in self._flaws and flaw not in self._found:
            self._found.append(flaw)
            self._log.flawed(self._queue_id, self._origin, flaw.value, data)

    def acted(self, action: str, hit: Hit, text: str) -> None:
        self._log.acted(self._queue_id, self._origin, action, f"{hit.kind} {hit.text[:200]}", text)

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


_ACTIONS: Final[dict[str, Callable[[Checking, Hit], None]]] = {
    "BCC": Checking._copy,
    "DISCARD": Checking._discard,
    "FILTER": Checking._filter,
    "HOLD": Checking._hold,
    "PASS": Checking._pass,
    "REDIRECT": Checking._redirect,
    "REJECT": Checking._reject,
}
