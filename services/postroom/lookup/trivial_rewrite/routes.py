"""Where recipients go, remembered for a moment."""

import time
from collections.abc import Callable

from postroom.contracts.rewrite import Route
from postroom.lookup.trivial_rewrite.resolve import Resolver

# As long as tables take to notice a change; a burst of mail asks for the same few addresses.
MEMORY_SECONDS = 1.0
MEMORY_SIZE = 10_000


class Routes:
    """``sender_matters``: the sender-dependent tables are not empty."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        sender_matters: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver = resolver
        self._sender_matters = sender_matters
        self._clock = clock
        self._routes: dict[tuple[str, str], Route] = {}
        self._until = 0.0

    async def of(self, sender: str, addresses: tuple[str, ...]) -> tuple[Route, ...]:
        """One for each address; raises TableError where a table cannot be read."""
        self._forget_the_old()
        return tuple([await self._of(sender, address) for address in addresses])

    async def _of(self, sender: str, address: str) -> Route:
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
