"""Socket ``showq``: list the queue, and try mail again."""

import asyncio
from typing import Any

from postroom.contracts.cleanup import Ready
from postroom.contracts.pages import PAGE_SIZE, following, page
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
from postroom.queue.qmgr.entries import active_entry, size_of, waiting_entries
from postroom.queue.qmgr.manager import Manager
from postroom.queue.qmgr.permission import Permission


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
                if question.start == 0:
                    if not self._permission.to_list(caller):
                        return NotAllowed()
                    names[:] = await self._names()
                return await self._page(names, question.start)
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

    async def _page(self, names: list[str], start: int) -> Page:
        found = await self._entries(names[start : start + PAGE_SIZE])
        entries, places = page(found, size_of)
        return Page(entries, following(start, places, names))

    async def _entries(self, wanted: list[str]) -> list[Entry | None]:
        """One for each of them that is there: all, or more than a page can hold."""
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
        return list(map(found.get, wanted))
