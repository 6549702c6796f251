"""Socket ``showq``: list the queue, and try mail again."""

import asyncio
from bisect import bisect_right
from typing import Any

from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import (
    Entry,
    Flush,
    FlushMessage,
    FlushSite,
    List,
    NotAllowed,
    Page,
    RunQueue,
)
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.entries import MAX_RECIPIENTS_SIZE, active_entry, size_of, waiting_entries
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.permission import Permission

# Entries per page: a page is made in some 10 ms of a thread, and mail goes on meanwhile; of smaller
# ones more time would go by between the two programs than in either.
PAGE_SIZE = 1000


class Listing:
    """Each caller sees the queue as it was when it asked for the first page."""

    def __init__(self, manager: Manager, deferred: DeferredQueue, permission: Permission) -> None:
        self._manager = manager
        self._deferred = deferred
        self._permission = permission

    def answerer_for(self, caller: Caller) -> Answerer:
        names: list[str] = []

        async def answer(question: Question[Any], _: list[int]) -> object:
            if isinstance(question, List):
                if not question.after:
                    if not self._permission.to_list(caller):
                        return NotAllowed()
                    names[:] = await self._names()
                return await self._page(names, question.after)
            if not self._permission.to_flush(caller):
                return NotAllowed()
            await self._retry(question)
            return Ready()

        return answer

    async def _retry(self, question: Question[Any]) -> None:
        if isinstance(question, RunQueue):
            self._deferred.run()
        elif isinstance(question, Flush):
            self._deferred.flush()
        elif isinstance(question, FlushSite):
            await self._deferred.flush_site(question.site)
        elif isinstance(question, FlushMessage):
            await self._deferred.flush_message(question.queue_id)

    async def _names(self) -> list[str]:
        spool = self._manager.spool
        deferred = await asyncio.to_thread(spool.deferred.queue_ids)
        others = {message.queue_id for message in self._manager.active}
        others.update(await asyncio.to_thread(spool.hold.queue_ids))
        return sorted(others.union(deferred)) if others else deferred

    async def _page(self, names: list[str], after: str) -> Page:
        start = bisect_right(names, after)
        entries: list[Entry] = []
        # What was there at the first page may all be gone by now.
        while not entries and start < len(names):
            entries = await self._entries(names[start : start + PAGE_SIZE])
            start += PAGE_SIZE
        fitting = _fitting(entries)
        return Page(fitting, bool(fitting) and fitting[-1].queue_id != names[-1])

    async def _entries(self, wanted: list[str]) -> list[Entry]:
        """The first of those that are there: all, or more than a page can hold."""
        found = {}
        waiting = []
        for name in wanted:
            message = self._manager.active.get(name)
            if message is None:
                waiting.append(name)
            else:
                found[name] = active_entry(message)
        spool = self._manager.spool
        found.update(await asyncio.to_thread(waiting_entries, spool, waiting))
        return [found[name] for name in wanted if name in found]


def _fitting(entries: list[Entry]) -> tuple[Entry, ...]:
    """As many entries as one answer may hold, but at least one."""
    room = MAX_RECIPIENTS_SIZE
    for count, entry in enumerate(entries):
        room -= size_of(entry)
        if room < 0 and count:
            return tuple(entries[:count])
    return tuple(entries)
