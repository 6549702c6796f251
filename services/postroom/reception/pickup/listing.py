"""Socket ``submitted``: tell users what waits in the maildrop, which they cannot see."""

import asyncio
from pathlib import Path
from typing import Any

from postroom.contracts.pages import PAGE_SIZE, fitting, following, page
from postroom.contracts.showq import NotAllowed
from postroom.contracts.submitted import List, Page, Submitted
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller
from postroom.maillog.pickup import PickupLog
from postroom.spool.maildrop_listing import listed, messages
from postroom.tables.table import TableError
from postroom.tables.user_list import UserList, login_of


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
    found = map(_submitted, paths[start : start + PAGE_SIZE])
    entries, places = page(found, lambda message: sum(map(len, message.recipients)))
    return Page(entries, following(start, places, paths))


def _submitted(path: Path) -> Submitted | None:
    message = listed(path, login_of)
    if message is None:
        return None
    return Submitted(**message._asdict() | {"recipients": fitting(message.recipients, len)})
