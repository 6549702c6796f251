"""Answer the questions of contracts/rewrite, and remember answers for a moment."""

import time
from collections.abc import Callable
from typing import Any

from postroom.contracts.rewrite import Resolve, Resolved, Rewrite, Rewritten, Route, TryAgain
from postroom.ipc.contract import Question
from postroom.lookup.trivial_rewrite.resolve import Resolver
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.tables.table import TableError

# As long as tables take to notice a change; a burst of mail asks for the same few addresses.
MEMORY_SECONDS = 1.0
MEMORY_SIZE = 10_000


class Answers:
    """``sender_matters``: the sender-dependent tables are not empty."""

    def __init__(
        self,
        rewriter: Rewriter,
        resolver: Resolver,
        log: TrivialRewriteLog,
        *,
        sender_matters: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rewriter = rewriter
        self._resolver = resolver
        self._log = log
        self._sender_matters = sender_matters
        self._clock = clock
        self._routes: dict[tuple[str, str], Route] = {}
        self._until = 0.0

    async def answer(self, question: Question[Any], _descriptors: list[int]) -> Any:
        try:
            match question:
                case Rewrite(context, addresses):
                    return Rewritten(tuple(self._rewriter.rewrite(a, context) for a in addresses))
                case Resolve(sender, addresses):
                    return await self._resolved(sender, addresses)
        except TableError as error:
            self._log.table_trouble(str(error))
            return TryAgain(str(error))

    async def _resolved(self, sender: str, addresses: tuple[str, ...]) -> Resolved:
        self._forget_the_old()
        return Resolved(tuple([await self._route(sender, address) for address in addresses]))

    async def _route(self, sender: str, address: str) -> Route:
        key = (sender if self._sender_matters else "", address)
        route = self._routes.get(key)
        if route is None:
            route = self._routes[key] = await self._resolver.resolve(sender, address)
        return route

    def _forget_the_old(self) -> None:
        now = self._clock()
        if now >= self._until or len(self._routes) > MEMORY_SIZE:
            self._routes.clear()
            self._until = now + MEMORY_SECONDS
