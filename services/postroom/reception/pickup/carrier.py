"""Carry files from the maildrop to cleanup, one at a time, until it is empty."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from postroom.contracts.cleanup import MAX_INLINE, Queued, Refused
from postroom.contracts.intake import Intake
from postroom.esmtp.wire_form import WireEncoder
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import MAX_ADDRESS, Envelope
from postroom.mail.queue_id import QueueId
from postroom.maillog.pickup import PickupLog
from postroom.reception.pickup.collector import Collected
from postroom.reception.pickup.report import MAX_QUOTED_HEADER, Returned, refusal_report
from postroom.spool.maildrop import (
    Damaged,
    Drop,
    DropFile,
    give_queue_ids,
    name_before,
    open_drop,
    pieces,
    queue_id_of,
    waiting,
)

# So many messages in a row that got no answer, and it is not the messages.
MAX_FAILURES = 3
# Encoding makes a piece longer, twice as long at the worst.
_PIECE = MAX_INLINE // 2


class CannotNow(Exception):
    """cleanup is away or short of something; the file stays where it is."""


class _PutOff(Exception):
    """cleanup cannot take this one message now; it may well take others."""


class Outlet(NamedTuple):
    """How cleanup gets users' ``mail``, on its way to a ``content_filter`` or not, and what we
    report; ``fix_line_ends`` says when CRLF ends a line of theirs (sendmail_fix_line_endings)."""

    mail: Intake
    reports: Intake
    content_filter: str
    fix_line_ends: str


class Carrier:
    """Empties ``directory`` into cleanup.

    ``collect`` brings more there, blocking.
    """

    def __init__(
        self,
        directory: Path,
        outlet: Outlet,
        log: PickupLog,
        myhostname: str,
        collect: Callable[[], Collected],
    ) -> None:
        self._directory = directory
        self._intake, self._reports, self._content_filter, self._fix_line_ends = outlet
        self._log = log
        self._myhostname = myhostname
        self._collect = collect

    async def empty_maildrop(self) -> None:
        """Carry all that waits; raises CannotNow when some of it must wait longer."""
        more = True
        while more:
            reason, more = await asyncio.to_thread(self._collect)
            await self._carry_all()
        if reason:
            raise CannotNow(reason)

    async def _carry_all(self) -> None:
        put_off: dict[str, str] = {}
        failures = 0
        while names := [name for name in waiting(self._directory) if name not in put_off]:
            for name in await self._with_queue_ids(names):
                try:
                    await self._carry(name)
                except _PutOff as reason:
                    put_off[name] = str(reason)
                except Unavailable as reason:
                    # Perhaps of this message alone: cleanup may not survive it.
                    put_off[name] = str(reason)
                    failures += 1
                    if failures == MAX_FAILURES:
                        raise CannotNow(str(reason)) from None
                else:
                    failures = 0
        if put_off:
            raise CannotNow(next(iter(put_off.values())))

    async def _with_queue_ids(self, names: list[str]) -> list[str]:
        """The same files, each with an id that stays its own however often it is handed over."""
        try:
            ids = {
                name: await self._intake.queue_id() for name in names if queue_id_of(name) is None
            }
        except Unavailable as reason:
            raise CannotNow(str(reason)) from None
        given = give_queue_ids(self._directory, ids) if ids else []
        return sorted(given + [name for name in names if name not in ids])

    async def _carry(self, name: str) -> None:
        try:
            file = open_drop(self._directory, name)
        except Damaged as error:
            self._set_aside(name, error)
            return
        except FileNotFoundError:
            # The superuser has deleted it (postsuper -d).
            return
        try:
            await self._hand_over(name, file)
        except Damaged as error:
            self._set_aside(name, error)
        else:
            (self._directory / name).unlink(missing_ok=True)
        finally:
            os.close(file.descriptor)

    def _set_aside(self, name: str, why: Damaged) -> None:
        known_as = name_before(name)
        self._log.damaged(known_as, str(why))
        (self._directory / name).rename(self._directory / f".damaged.{known_as}")

    async def _hand_over(self, name: str, file: DropFile) -> None:
        queue_id = queue_id_of(name)
        assert queue_id is not None
        envelope = _envelope(file.drop, self._content_filter)
        self._log.picked_up(queue_id, file.drop.submitter.uid, envelope.sender)
        answer = await self._submit(self._intake, queue_id, envelope, file)
        if isinstance(answer, Refused):
            await self._refused(file, envelope, answer)

    async def _submit(
        self, intake: Intake, queue_id: QueueId, envelope: Envelope, file: DropFile
    ) -> Queued | Refused:
        encoder = WireEncoder(self._fix_line_ends)
        if file.size <= _PIECE:
            content = b"".join(encoder.encode(piece) for piece in pieces(file, _PIECE))
            return await intake.submit(queue_id, envelope, content + encoder.finish())
        upload = intake.upload(queue_id, envelope)
        try:
            for piece in pieces(file, _PIECE):
                await upload.write(encoder.encode(piece))
        except Damaged:
            await upload.abandon()
            raise
        await upload.write(encoder.finish())
        return await upload.finish()

    async def _refused(self, file: DropFile, envelope: Envelope, refused: Refused) -> None:
        reason = f"{refused.code} {refused.line}"
        if refused.code.startswith("4"):
            raise _PutOff(reason)
        if refused.logged and await self._returned(file, envelope, reason):
            return
        head = next(pieces(file, MAX_QUOTED_HEADER), b"")
        returned = Returned(envelope.sender, file.drop.submitter, envelope.arrival, head)
        report, text = refusal_report(returned, reason, self._myhostname)
        queue_id = await self._reports.queue_id()
        self._log.refused(queue_id, envelope.sender, reason)
        encoder = WireEncoder()
        content = encoder.encode(text) + encoder.finish()
        if isinstance(await self._reports.submit(queue_id, _envelope(report), content), Refused):
            raise _PutOff(f"nor can the report be queued: {reason}")

    async def _returned(self, file: DropFile, envelope: Envelope, reason: str) -> bool:
        """Have the queue return what tables or filters do not want: it goes to error(8), and
        nobody looks at it again."""
        if envelope.is_probe:
            return False
        queue_id = await self._reports.queue_id()
        failing = structs.replace(envelope, filter=f"error:{reason}"[:MAX_ADDRESS])
        return isinstance(await self._submit(self._reports, queue_id, failing, file), Queued)


def _envelope(drop: Drop, content_filter: str = "") -> Envelope:
    return Envelope(
        sender=drop.sender,
        recipients=drop.recipients,
        arrival=drop.arrival,
        submitter=drop.submitter,
        body=drop.body,
        ret=drop.ret,
        envid=drop.envid,
        rewrite_locally=not drop.gateway,
        trace=drop.trace,
        filter=content_filter,
        verp=drop.verp,
    )
