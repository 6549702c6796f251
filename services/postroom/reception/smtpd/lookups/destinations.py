"""Ask trivial-rewrite where an address goes, and so who is responsible for it."""

from postroom.contracts.rewrite import (
    AddressClass,
    Context,
    Resolve,
    Resolved,
    Rewrite,
    Rewritten,
    Route,
)
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.address import split_address
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.memory import ShortMemory


class Destinations:
    """Routes of recipients; raises LookupFailed.

    ``trusting`` lets senders lay out a route through us (main.cf: allow_untrusted_routing).
    """

    def __init__(self, client: Client, *, trusting: bool) -> None:
        self._client = client
        self._trusting = trusting
        self._known: ShortMemory[Route] = ShortMemory()

    async def route(self, address: str) -> Route:
        """Where mail for ``address`` goes, once it has our domain where it has none."""
        route = self._known.get(address)
        if route is None:
            route = await self._resolve(await self._complete(address))
            self._known.put(address, route)
        return route

    async def is_ours(self, address: str) -> bool:
        """Whether we are the destination, or a relay for it by configuration."""
        route = await self.route(address)
        if route.leads_on and not self._trusting:
            return False
        return route.address_class is not AddressClass.DEFAULT

    async def is_dubious(self, address: str) -> bool:
        """Whether its sender laid out a route through us and another host, and may not."""
        return not self._trusting and (await self.route(address)).leads_on

    async def final_form(self, address: str) -> str:
        """The address whose mail it is once routes through us are taken off (access(5))."""
        return (await self.route(address)).recipient

    async def _complete(self, address: str) -> str:
        """trivial-rewrite adds what an address lacks (main.cf: append_at_myorigin)."""
        _, domain = split_address(address)
        if "." in domain or domain.startswith("["):
            return address
        try:
            answer = await self._client.ask(Rewrite(Context.LOCAL, (address,)))
        except Unavailable as error:
            raise LookupFailed(f"address rewriting: {error}") from None
        if not isinstance(answer, Rewritten):
            raise LookupFailed(f"address rewriting: {answer.reason}")
        (complete,) = answer.addresses
        return complete

    async def _resolve(self, address: str) -> Route:
        try:
            answer = await self._client.ask(Resolve("", (address,)))
        except Unavailable as error:
            raise LookupFailed(f"address resolution: {error}") from None
        if not isinstance(answer, Resolved):
            raise LookupFailed(f"address resolution: {answer.reason}")
        (route,) = answer.routes
        return route
