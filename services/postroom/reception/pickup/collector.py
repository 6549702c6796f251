"""Take what users left in the open maildrop (submission_mode = maildrop) into the maildrop.

A message is copied first: from then on its maker can change nothing of it. The copy has a hidden
name until the original is gone for good, so that neither is lost, nor are there ever two, whenever
we are killed: ``finish`` throws a hidden copy away whose original is still there, and lets one
whose original is gone be seen.
"""

import os
import re
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from postroom.contracts.postdrop import Malformed, Request, decode_request
from postroom.mail.envelope import Submitter
from postroom.maillog.pickup import PickupLog
from postroom.reception.extraction import MAX_HEADER
from postroom.reception.login_senders import LoginSenders
from postroom.reception.pickup.left_file import LeftFile, Unacceptable, remove
from postroom.reception.pickup.report import MAX_QUOTED_HEADER, Returned, refusal_report
from postroom.reception.submission import Refusal, check_size, make_drop, who
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import DropWriter, TooManyRecipients, name_of, sync_directory

# So many, and the others get their turn: one user's flood is carried in parts.
MAX_OF_ONE_OWNER = 1000
# Those that sendmail gives, with room for others'; they become part of a name of ours.
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.]{0,99}", re.ASCII)
_HIDDEN = re.compile(r"\.collected\.(\d+)\.(.+)", re.ASCII)


class Collected(NamedTuple):
    """``reason`` is why something must wait; ``more`` is to be collected when this is carried."""

    reason: str = ""
    more: bool = False


class Collector:
    """Copies from ``source`` to ``maildrop``; both are pickup's."""

    def __init__(
        self,
        source: Path,
        maildrop: Path,
        log: PickupLog,
        *,
        limit: int,
        submitters: Submitters,
        senders: LoginSenders,
        myhostname: str,
    ) -> None:
        self._source = source
        self._maildrop = maildrop
        self._log = log
        self._limit = limit
        self._submitters = submitters
        self._senders = senders
        self._myhostname = myhostname
        self._told: set[str] = set()

    def collect(self) -> Collected:
        """Take what can be taken now, a bounded number of each owner's files. Blocks."""
        try:
            directory = os.open(self._source, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            return Collected()
        reason = ""
        owners: Counter[int] = Counter()
        try:
            self._finish(directory)
            for name in sorted(path.name for path in self._source.iterdir()):
                owner = _owner(directory, name)
                owners[owner] += 1
                if owners[owner] > MAX_OF_ONE_OWNER:
                    continue
                try:
                    self._take(directory, name)
                except (OSError, Refusal) as error:
                    reason = str(error)
        finally:
            os.close(directory)
        more = any(count > MAX_OF_ONE_OWNER for count in owners.values())
        return Collected(reason, more=more and not reason)

    def _finish(self, directory: int) -> None:
        """What an earlier pickup began."""
        for path in self._maildrop.glob(".*"):
            if match := _HIDDEN.fullmatch(path.name):
                if _owner(directory, match[2]) == int(match[1]):
                    path.unlink()
                else:
                    self._show(path.name)

    def _take(self, directory: int, name: str) -> None:
        try:
            if not _NAME.fullmatch(name):
                raise Unacceptable("sendmail gives no such name")
            with closing(LeftFile(directory, name)) as file:
                hidden = self._copy(name, file)
        except FileNotFoundError:
            return
        except (Unacceptable, Malformed) as reason:
            self._throw_away(directory, name, str(reason))
            return
        remove(directory, name)
        os.fsync(directory)
        self._show(hidden)

    def _copy(self, name: str, file: LeftFile) -> str:
        """The hidden name of the message, or of the report on one that is refused for good."""
        hidden = f".collected.{file.uid}.{name}"
        with closing(DropWriter(self._maildrop)) as copy:
            # A refusal is for the owner, until it is known that he may use the name he gives.
            request = Request()
            try:
                pieces = file.netstrings()
                asked = decode_request(next(pieces, b""))
                self._submitters.check(file.uid)
                self._senders.check_now(file.uid, asked.sender)
                request = asked
                for piece in pieces:
                    check_size(copy.size + len(piece), self._limit)
                    copy.write(piece)
                drop = make_drop(request, file.uid, copy.head(MAX_HEADER), file.arrival)
                copy.commit(drop, hidden)
            except TooManyRecipients:
                self._report(request, file, copy, "5.5.3 too many recipients", hidden)
            except Refusal as refusal:
                if str(refusal).startswith("4"):
                    raise
                self._report(request, file, copy, str(refusal), hidden)
        return hidden

    def _report(
        self, request: Request, file: LeftFile, copy: DropWriter, reason: str, hidden: str
    ) -> None:
        """sendmail could not tell its caller: mail him."""
        login, full_name = who(file.uid)
        sender = login if request.sender is None else request.sender
        self._log.refused_before_queued(file.uid, sender, reason)
        submitter = Submitter(file.uid, login, full_name)
        returned = Returned(sender, submitter, file.arrival, copy.head(MAX_QUOTED_HEADER))
        drop, text = refusal_report(returned, reason, self._myhostname)
        with closing(DropWriter(self._maildrop)) as report:
            report.write(text)
            report.commit(drop, hidden)

    def _show(self, hidden: str) -> None:
        descriptor = os.open(self._maildrop / hidden, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            arrival = os.fstat(descriptor).st_mtime
            (self._maildrop / hidden).rename(self._maildrop / name_of(arrival, descriptor))
        finally:
            os.close(descriptor)
        sync_directory(self._maildrop)

    def _throw_away(self, directory: int, name: str, reason: str) -> None:
        """Once for what cannot be removed: it is found again and again."""
        uid = _owner(directory, name)
        removed = remove(directory, name)
        if removed:
            self._log.thrown_away(name, uid, reason)
        elif name not in self._told:
            self._told.add(name)
            self._log.cannot_be_thrown_away(name, uid, reason)


def _owner(directory: int, name: str) -> int:
    """-1 where there is none."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False).st_uid
    except FileNotFoundError:
        return -1
