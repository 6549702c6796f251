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
    Page,
    RunQueue,
)
from postroom.ipc.contract import Question
from postroom.ipc.server import Answerer, Caller
from postroom.queue.qmgr.deferred import DeferredQueue
from postroom.queue.qmgr.entries import MAX_RECIPIENTS_SIZE, active_entry, size_of, waiting_entries
from postroom.queue.qmgr.manager import Manager

# Entries per page: a page is made in a few milliseconds, and mail goes on in between.
PAGE_SIZE = 200


class Listing:
    """Each caller sees the queue as it was when it asked for the first page."""

    def __init__(self, manager: Manager, deferred: DeferredQueue) -> None:
        self._manager = manager
        self._deferred = deferred

    def answerer_for(self, _: Caller) -> Answerer:
        names: list[str] = []

        async def answer(question: Question[Any], _: list[int]) -> object:
            if isinstance(question, List):
                if not question.after:
                    names[:] = await asyncio.to_thread(self._names)
                return await self._page(names, question.after)
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

    def _names(self) -> list[str]:
        spool = self._manager.spool
        names = {message.queue_id for message in self._manager.active}
        return sorted(names.union(spool.deferred.queue_ids(), spool.hold.queue_ids()))

    async def _page(self, names: list[str], after: str) -> Page:
        start = bisect_right(names, after)
        wanted = names[start : start + PAGE_SIZE]
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
        entries = [found[name] for name in wanted if name in found]
        fitting = _fitting(entries)
        more = start + PAGE_SIZE < len(names) or len(fitting) < len(entries)
        return Page(fitting, more)


def _fitting(entries: list[Entry]) -> tuple[Entry, ...]:
    """As many entries as one answer may hold, but at least one."""
    room = MAX_RECIPIENTS_SIZE
    for count, entry in enumerate(entries):
        room -= size_of(entry)
        if room < 0 and count:
            return tuple(entries[:count])
    return tuple(entries)
