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

    ``trusting`` lets senders lay out a route through us (main.cf: allow_untrusted_routing);
    ``by_sender``: their mail may have ways of its own (sender_dependent_default_transport_maps).
    """

    def __init__(self, client: Client, *, trusting: bool, by_sender: bool) -> None:
        self._client = client
        self._trusting = trusting
        self._by_sender = by_sender
        self._known: ShortMemory[Route] = ShortMemory()

    async def route(self, address: str, sender: str | None = None) -> Route:
        """Where mail of ``sender`` for ``address`` goes, once that has our domain where it has
        none. Its class is the same for all senders."""
        key = self.key(address, sender)
        route = self._known.get(key)
        if route is None:
            asking = sender if sender and self._by_sender else ""
            route = await self._resolve(asking, await self._complete(address))
            self._known.put(key, route)
        return route

    def key(self, address: str, sender: str | None) -> str:
        """By what it may be remembered where mail for ``address`` goes."""
        return f"{sender}\n{address}" if sender and self._by_sender else address

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

    async def _resolve(self, sender: str, address: str) -> Route:
        try:
            answer = await self._client.ask(Resolve(sender, (address,)))
        except Unavailable as error:
            raise LookupFailed(f"address resolution: {error}") from None
        if not isinstance(answer, Resolved):
            raise LookupFailed(f"address resolution: {answer.reason}")
        (route,) = answer.routes
        return route
