"""One message under inspection, as it passes in pieces."""

import asyncio
from typing import Final, NamedTuple, Protocol

from postroom.inspection.body_lines import BodyLines, Change
from postroom.inspection.checks import Checked, Checks
from postroom.inspection.edits import Edit, Hit, field_of, lines_of
from postroom.mail.header import decode, scan, shortened
from postroom.mail.mime import Flaw, Limits, MimeReader, Piece, Section
from postroom.tables.match_time import MAX_TEXT

# A message may have a hundred thousand headers; after so many the others get their turn.
_TURN: Final = 100


class Rules(NamedTuple):
    """What is looked at, and how far; ``structured``: whether parts have headers, too. What stands
    in a field behind ``cut_behind`` bytes is taken away (0: nothing is)."""

    checks: Checks
    limits: Limits
    header_limit: int
    body_limit: int
    line_limit: int
    structured: bool = True
    cut_behind: int = 0


class Judge(Protocol):
    """Who decides. ``asking`` is whether tables are asked any more."""

    @property
    def asking(self) -> bool: ...

    def act(self, hit: Hit) -> Edit:
        """Obey a table's entry, and say what becomes of the text."""
        ...

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        """Something is wrong with the message."""
        ...


class Written(NamedTuple):
    """A field as it is to be; ``added`` if nobody sent it, so that nobody looks at it again."""

    data: bytes
    added: bool = False


class Inspector:
    """``header`` holds the fields of the message's own header as far as they are known."""

    def __init__(self, rules: Rules, judge: Judge) -> None:
        self.header: list[Written] = []
        self._asked = 0
        # What tables have for lines that are still to come; None: nothing.
        self._foreseen: dict[str, str | None] = {}
        self._rules = rules
        self._judge = judge
        self._reader = MimeReader(rules.limits, judge.flawed, structured=rules.structured)
        self._lines: BodyLines | None = None
        if rules.checks.body.maps:
            self._lines = BodyLines(rules.body_limit, rules.line_limit, self._look)

    async def read(self, data: bytes) -> bytes:
        """What comes behind the message's header, as it is to be; raises Unreadable, TooLong."""
        return b"".join([await self._inspect(piece) for piece in self._reader.feed(data)])

    async def finish(self) -> bytes:
        """What is left when the message is complete."""
        rest = [await self._inspect(piece) for piece in self._reader.finish()]
        if self._lines is not None:
            rest.append(await self._lines.finish(asking=self._judge.asking))
        return b"".join(rest)

    async def _inspect(self, piece: Piece) -> bytes:
        if piece.section is Section.BODY:
            if self._lines is None:
                return piece.data
            asking = self._judge.asking
            if asking:
                await self._foresee(piece.data)
            return await self._lines.check(piece.data, fresh=piece.fresh, asking=asking)
        written = await self._field(piece)
        if piece.section is Section.MESSAGE:
            self.header += written
            return b""
        return b"".join(field.data for field in written)

    async def _foresee(self, data: bytes) -> None:
        """Ask about many lines at once where every question travels."""
        checked = self._rules.checks.body
        self._foreseen.clear()
        if checked.maps.distant:
            seen = data[: self._rules.body_limit or len(data)].split(b"\r\n")
            lines = (line[line.startswith(b".") :] for line in seen)
            self._foreseen = await checked.find_each(decode(line) for line in lines if line)

    async def _field(self, piece: Piece) -> list[Written]:
        assert piece.field is not None
        checked = self._rules.checks.of(piece)
        itself = Written(piece.data)
        if 0 < self._rules.cut_behind < len(piece.data):
            itself = Written(self._shortened(piece.data))
            piece = piece._replace(data=itself.data, field=scan(itself.data).fields[0])
        if not checked.maps or not self._judge.asking:
            return [itself]
        assert piece.field is not None
        text = piece.field.key(piece.data).removeprefix(".")
        text = text[: min(self._rules.header_limit, MAX_TEXT)]
        value = await self._find(checked, text)
        if value is None:
            return [itself]
        edit = self._judge.act(Hit(checked.parameter, "header", text, value))
        new = [] if edit.new is None else [Written(field_of(edit.new), added=edit.keep)]
        return [*new, itself] if edit.keep else new

    def _shortened(self, data: bytes) -> bytes:
        return shortened(data, scan(data), self._rules.cut_behind)[0]

    async def _find(self, checked: Checked, text: str) -> str | None:
        self._asked += 1
        if self._asked % _TURN == 0:
            await asyncio.sleep(0)
        return await checked.find(text)

    async def _look(self, line: bytes) -> Change | None:
        if not self._judge.asking:
            return None
        checked = self._rules.checks.body
        text = decode(line)
        if text in self._foreseen:
            value = self._foreseen[text]
        else:
            value = await self._find(checked, text)
        if value is None:
            return None
        edit = self._judge.act(Hit(checked.parameter, "body", text, value))
        return Change(b"" if edit.new is None else lines_of(edit.new), edit.keep)
