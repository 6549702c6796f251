"""One caller, one message: read it, judge it, keep it, answer."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from postroom.contracts.postdrop import POKE, Malformed, decode_request, netstring
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.extraction import MAX_HEADER
from postroom.reception.login_senders import LoginSenders
from postroom.reception.postdrop.netstrings import read_netstring
from postroom.reception.postdrop.room import Room
from postroom.reception.submission import Refusal, check_size, make_drop
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import DropWriter, TooManyRecipients


class Events(NamedTuple):
    """Called: ``taken`` after each message, ``homeless`` when the maildrop does not exist."""

    taken: Callable[[], None]
    homeless: Callable[[], None]


class Session:
    """Serves connections to the maildrop ``directory``."""

    def __init__(
        self,
        directory: Path,
        message_size_limit: int,
        room: Room,
        log: PostdropLog,
        *,
        submitters: Submitters,
        senders: LoginSenders,
        events: Events,
    ) -> None:
        self._directory = directory
        self._message_size_limit = message_size_limit
        self._room = room
        self._submitters = submitters
        self._senders = senders
        self._log = log
        self._events = events

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, uid: int
    ) -> None:
        """Answer one request; a caller that breaks off gets no answer and leaves nothing."""
        try:
            answer = await self._take(reader, uid)
        except (Malformed, ValueError) as error:
            answer = f"5.5.2 {error}"
        except (EOFError, TimeoutError, ConnectionError):
            return
        except Refusal as refusal:
            answer = str(refusal)
        except TooManyRecipients:
            answer = "5.5.3 too many recipients"
        except OSError as error:
            self._log.cannot_keep(uid, str(error))
            if isinstance(error, FileNotFoundError):
                self._events.homeless()
            answer = f"4.3.0 cannot keep the message: {error.strerror}"
        writer.write(netstring(answer.encode()))
        await writer.drain()

    async def _take(self, reader: asyncio.StreamReader, uid: int) -> str:
        encoded = await read_netstring(reader)
        if encoded == POKE:
            self._events.taken()
            return "2.0.0 pickup is told"
        request = decode_request(encoded)
        self._submitters.check(uid)
        await self._senders.check(uid, request.sender)
        self._room.check(self._directory)
        drop_file = DropWriter(self._directory)
        try:
            while piece := await read_netstring(reader):
                check_size(drop_file.size + len(piece), self._message_size_limit)
                drop_file.write(piece)
            drop = make_drop(request, uid, drop_file.head(MAX_HEADER), time.time())
            await asyncio.to_thread(drop_file.commit, drop)
        finally:
            drop_file.close()
        self._events.taken()
        return "2.0.0 queued"
