"""header_checks(5) for mail that comes in: what tables may want besides another text."""

import re
from collections.abc import Awaitable
from typing import NamedTuple

from postroom.cleanup.characters import octets
from postroom.cleanup.refusal import HEADER_TOO_LARGE, WRITE_PROBLEM, Refusal
from postroom.cleanup.settings import Settings
from postroom.cleanup.verdicts import Verdicts
from postroom.contracts.cleanup import Refused
from postroom.inspection.checks import Named, Unreadable, checks
from postroom.inspection.edits import Hit
from postroom.inspection.inspector import Inspector, Rules
from postroom.mail.header import Header, decode, scan
from postroom.mail.mime import Flaw, Limits, TooLong
from postroom.maillog.cleanup import CleanupLog, Origin


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
            cut_behind=settings.header_size_limit,
        )
        self._flaws = frozenset(_forbidden(settings)) if self._rules.structured else frozenset()
        if self._flaws or any(checked.maps for checked in (found.header, found.mime, found.nested)):
            self._flaws |= {Flaw.NESTING}
        disallowed = octets(settings.message_reject_characters)
        self._disallowed = re.compile(b"[%b]" % re.escape(disallowed)) if disallowed else None
        self.wanted = bool(found or self._flaws or disallowed)

    def begin(self, queue_id: str, origin: Origin, *, smtputf8: bool) -> "Checking":
        """The checks of one message, whose header may be beyond ASCII (RFC 6531) or not."""
        flaws = self._flaws - {Flaw.HEADER_8BIT} if smtputf8 else self._flaws
        forbidden = Forbidden(flaws, self._disallowed)
        return Checking(self._rules, forbidden, self._log, queue_id, origin)


def _forbidden(settings: Settings) -> list[Flaw]:
    strict = settings.strict_8bitmime
    wanted = {
        Flaw.HEADER_8BIT: strict or settings.strict_7bit_headers,
        Flaw.BODY_8BIT: strict or settings.strict_8bitmime_body,
        Flaw.ENCODING: settings.strict_mime_encoding_domain,
    }
    return [flaw for flaw, forbidden in wanted.items() if forbidden]


class Forbidden(NamedTuple):
    """What a message must not have."""

    flaws: frozenset[Flaw]
    characters: re.Pattern[bytes] | None


class Checking(Verdicts):
    """One message's checks."""

    def __init__(
        self,
        rules: Rules,
        forbidden: Forbidden,
        log: CleanupLog,
        queue_id: str,
        origin: Origin,
    ) -> None:
        super().__init__(log, queue_id, origin)
        self._inspector = Inspector(rules, self)
        self._flaws, self._disallowed = forbidden
        self._line_limit = rules.line_limit
        self._found: list[Flaw] = []

    # The content on its way; all raise Refusal.

    async def header(self, text: bytes) -> tuple[bytes, Header]:
        """The message's own header as it is to be. Fields that a table added have no name, so
        that they are left as they are."""
        await self._look(text + b"\r\n")
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
        return await self._look(data)

    async def end(self) -> bytes:
        """What is left of it."""
        rest = await self._read(self._inspector.finish())
        if self._found:
            raise Refusal(Refused(550, "5.6.0", self._found[0].value), logged=True)
        return rest

    async def _look(self, text: bytes) -> bytes:
        """What becomes of some content. A character that it must not have refuses the message,
        when what stands before that line has been looked at."""
        found = self._disallowed.search(text) if self._disallowed and self.asking else None
        if found is None:
            return await self._read(self._inspector.read(text))
        start = text.rfind(b"\n", 0, found.start()) + 1
        before = await self._read(self._inspector.read(text[:start]))
        if self.asking:
            self._refuse_line(text[start:], found.start() - start)
        return before + await self._read(self._inspector.read(text[start:]))

    def _refuse_line(self, text: bytes, at: int) -> None:
        """The first line of ``text`` has the character at this place. In the log, as Postfix has
        it, a long line is one of many pieces, and a NUL ends a text."""
        line = text.partition(b"\r")[0].removeprefix(b".")
        piece = at // self._line_limit * self._line_limit
        shown = line[piece : piece + self._line_limit].partition(b"\0")[0]
        what = "REJECT disallowed character"
        self.act(Hit("character reject", "content", decode(shown), what))

    async def _read(self, work: Awaitable[bytes]) -> bytes:
        try:
            return await work
        except Unreadable as error:
            self._log.table_problem(self._queue_id, error.parameter, str(error))
            raise Refusal(WRITE_PROBLEM) from None
        except TooLong:
            raise Refusal(HEADER_TOO_LARGE) from None

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        if flaw in self._flaws and flaw not in self._found:
            self._found.append(flaw)
            self._log.flawed(self._queue_id, self.origin, flaw.value, data)
