"""header_checks(5) for mail that goes out: a table may change its text, and nothing else."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import Final

from postroom.delivery.client.opened_table import opened
from postroom.delivery.client.rules import Rules
from postroom.delivery.content import Content
from postroom.inspection.checks import Named, checks
from postroom.inspection.edits import KEEP, Edit, Hit, edit
from postroom.inspection.inspector import Inspector
from postroom.inspection.inspector import Rules as InspectionRules
from postroom.mail.mime import Flaw, Limits, TooLong
from postroom.maillog.smtp import SmtpLog
from postroom.tables import Maps, TableError
from postroom.tables.proxied import MAX_KEY

# What cleanup reads of a long line at a time, where nobody changes line_length_limit.
_LINE_LIMIT: Final = 2048


def _opened(names: Sequence[str]) -> Maps:
    """What needs no file is here; proxymap(8) has the others."""
    return Maps.of(map(opened, names))


class CannotCheck(Exception):
    """A table is away, or the message has a header without end; the log has it."""


class ContentChecks:
    """smtp_header_checks, smtp_body_checks and the like, or those of LMTP.

    The clients see no files: but for tables in main.cf itself, proxymap(8) is asked about every
    header, and about many lines at once. The first ``MAX_KEY`` characters count.
    """

    def __init__(
        self, rules: Rules, log: SmtpLog, open_maps: Callable[[Sequence[str]], Maps] | None = None
    ) -> None:
        self._log = log
        self._service = "lmtp" if rules.lmtp else "smtp"
        named = Named(
            rules.header_checks,
            rules.mime_header_checks,
            rules.nested_header_checks,
            rules.body_checks,
        )
        self._rules = InspectionRules(
            checks(named, f"{self._service}_", open_maps or _opened),
            Limits(rules.mime_nesting_limit, rules.mime_boundary_length_limit),
            header_limit=min(rules.header_size_limit, MAX_KEY),
            body_limit=0,
            line_limit=_LINE_LIMIT,
        )

    async def checked(self, queue_id: str, content: Content) -> Content:
        """The content as tables want it, the caller's to close; the same where they want nothing.

        Raises CannotCheck and ContentLost.
        """
        if not self._rules.checks:
            return content
        try:
            return await self._inspected(queue_id, content)
        except (TableError, TooLong) as error:
            self._log.check_problem(queue_id, f"{self._service} content checks: {error}")
            raise CannotCheck from None

    async def _inspected(self, queue_id: str, content: Content) -> Content:
        judge = _Judge(queue_id, self._log)
        inspector = Inspector(self._rules, judge)
        with _Copy(in_memory=content.data is not None) as copy:
            for piece in content.pieces():
                copy.add(await _read(inspector, piece))
                # Others have messages too.
                await asyncio.sleep(0)
            copy.add(await inspector.finish())
            return copy.content() if judge.changed else content


async def _read(inspector: Inspector, piece: bytes) -> bytes:
    """What a piece of the message becomes, its header first."""
    body = await inspector.read(piece)
    header = b"".join(field.data for field in inspector.header)
    inspector.header.clear()
    return header + body


class _Judge:
    """Obeys what changes the text; ``changed`` once anything did."""

    asking = True

    def __init__(self, queue_id: str, log: SmtpLog) -> None:
        self.changed = False
        self._queue_id = queue_id
        self._log = log

    def act(self, hit: Hit) -> Edit:
        edited = edit(hit, self)
        if edited is None:
            self.complain(f"unsupported command in {hit.parameter} map: {hit.value}")
            return KEEP
        self.changed = self.changed or edited != KEEP
        return edited

    def acted(self, action: str, hit: Hit, text: str) -> None:
        self._log.checked(self._queue_id, action, f"{hit.kind} {hit.text[:200]}", text)

    def complain(self, text: str) -> None:
        self._log.warning(text)

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        """cleanup has let it pass."""


class _Copy:
    """Where the new text goes: as the old one, into memory or a nameless file."""

    def __init__(self, *, in_memory: bool) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._descriptor = -1 if in_memory else os.memfd_create("checked", os.MFD_CLOEXEC)

    def __enter__(self) -> "_Copy":
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._descriptor < 0:
            self._pieces.append(piece)
        else:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def content(self) -> Content:
        """All of it."""
        if self._descriptor < 0:
            return Content(0, b"".join(self._pieces))
        descriptor, self._descriptor = self._descriptor, -1
        return Content(self._size, descriptor=descriptor)
