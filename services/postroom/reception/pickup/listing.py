"""Socket ``submitted``: tell users what waits in the maildrop, which they cannot see."""

import asyncio
from pathlib import Path
from typing import Any

from postroom.contracts.showq import NotAllowed
from postroom.contracts.submitted import List, Page, Submitted
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller
from postroom.maillog.pickup import PickupLog
from postroom.spool.maildrop_listing import listed, messages
from postroom.tables.table import TableError
from postroom.tables.user_list import UserList, login_of

# Files looked at for a page, and characters of the recipients in it (up to 4 bytes each): an
# answer is bounded, and nobody reads the rest of such a list.
PAGE_SIZE = 1000
MAX_RECIPIENTS_SIZE = 500_000


class Listing:
    """``users`` are main.cf's authorized_mailq_users, which the superuser need not be on.

    A list that cannot be read allows nobody else.
    """

    def __init__(self, state: Path, users: UserList, log: PickupLog) -> None:
        self._state = state
        self._users = users
        self._log = log
        # A thread at a time: the others are for mail.
        self._turn = asyncio.Lock()

    def answerer_for(self, caller: Caller) -> Answerer:
        paths: list[Path] = []

        async def answer(question: Question[Any], _: list[int]) -> Page | NotAllowed:
            assert isinstance(question, List)
            async with self._turn:
                if question.start == 0:
                    if not self._may_list(caller):
                        return NotAllowed()
                    paths[:] = await asyncio.to_thread(messages, self._state)
                return await asyncio.to_thread(_page, paths, question.start)

        return answer

    def _may_list(self, caller: Caller) -> bool:
        try:
            return not caller.stranger or self._users.allows(caller.uid)
        except TableError as error:
            self._log.warning(f"cannot tell what user {caller.uid} may do: {error}")
            return False


def _page(paths: list[Path], start: int) -> Page:
    found: list[Submitted] = []
    room = MAX_RECIPIENTS_SIZE
    end = min(start + PAGE_SIZE, len(paths))
    for position in range(start, end):
        message = listed(paths[position], login_of)
        if message is None:
            continue
        shown = Submitted(**message._asdict() | {"recipients": _fitting(message.recipients)})
        room -= sum(map(len, shown.recipients))
        if room < 0 and found:
            end = position
            break
        found.append(shown)
    return Page(tuple(found), end if end < len(paths) else 0)


def _fitting(recipients: tuple[str, ...]) -> tuple[str, ...]:
    room = MAX_RECIPIENTS_SIZE
    for count, recipient in enumerate(recipients):
        room -= len(recipient)
        if room < 0:
            return recipients[:count]
    return recipients
