"""Ask trivial-rewrite where recipients go, and keep the answers for a moment."""

import time
from collections.abc import Sequence

from postroom.contracts.rewrite import Resolve, Resolved, Route
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope
from postroom.queue.qmgr.content_filter import ContentFilter

# contracts/rewrite: an answer is advice that may be kept for a second.
_KEEP_SECONDS = 1.0
# contracts/rewrite: so many addresses in one question.
_MAX_ADDRESSES = 1000


class Unresolved(Exception):
    """Nothing is known about where the recipients go; try again later."""


class Resolver:
    """Resolves through ``client``, a client of the contract ``rewrite``; what has a content filter
    goes there, but not a question where it would go (qmgr(8))."""

    def __init__(self, client: Client, content_filter: ContentFilter) -> None:
        self._client = client
        self._content_filter = content_filter
        self._known: dict[tuple[str, str, bool], Route] = {}
        self._until = 0.0

    def known(self, envelope: Envelope, addresses: Sequence[str]) -> list[Route] | None:
        """The routes, if nobody needs to be asked, or was a moment ago."""
        if envelope.filter and not envelope.is_probe:
            return self._content_filter.routes(envelope.filter, addresses)
        if time.monotonic() >= self._until:
            self._known.clear()
            return None
        try:
            probe = _goes_its_own_way(envelope)
            return [self._known[envelope.sender, address, probe] for address in addresses]
        except KeyError:
            return None

    async def resolve(self, envelope: Envelope, addresses: Sequence[str]) -> list[Route]:
        """The routes in the order of the addresses; raises Unresolved."""
        known = self.known(envelope, addresses)
        if known is not None:
            return known
        sender, probe = envelope.sender, _goes_its_own_way(envelope)
        routes: list[Route] = []
        for start in range(0, len(addresses), _MAX_ADDRESSES):
            some = tuple(addresses[start : start + _MAX_ADDRESSES])
            routes += await self._ask(Resolve(sender, some, probe))
        if not self._known:
            self._until = time.monotonic() + _KEEP_SECONDS
        for address, route in zip(addresses, routes, strict=True):
            self._known[sender, address, probe] = route
        return routes

    async def _ask(self, question: Resolve) -> tuple[Route, ...]:
        try:
            answer = await self._client.ask(question)
        except Unavailable as error:
            raise Unresolved(str(error)) from None
        if not isinstance(answer, Resolved):
            raise Unresolved(answer.reason)
        if len(answer.routes) != len(question.addresses):
            raise Unresolved("trivial-rewrite answered for other recipients")
        return answer.routes


def _goes_its_own_way(envelope: Envelope) -> bool:
    """verify(8) alone has address_verify_relayhost and its like; sendmail -bv has not."""
    return envelope.trace == "probe"
