"""Which addresses of this machine go another way: a transport table may say so of each."""

from postroom.contracts.rewrite import Resolve, Resolved
from postroom.delivery.local.settings import Settings
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable


class Unresolved(Exception):
    """It cannot be found out now; the text says why."""


class Ways:
    """Asks trivial-rewrite, as the queue manager has for whoever the message was for."""

    def __init__(self, settings: Settings, rewrite: Client) -> None:
        usual = settings.local_transport.partition(":")[0] == settings.service_name
        self._differ = not usual or bool(settings.transport_maps or settings.relocated_maps)
        self._own = settings.service_name
        self._rewrite = rewrite

    async def lead_elsewhere(self, sender: str, address: str) -> bool:
        """Whether mail of ``sender`` for an address of our domains is not ours to deliver; raises
        Unresolved."""
        if not self._differ:
            return False
        try:
            answer = await self._rewrite.ask(Resolve(sender, (address,)))
        except Unavailable as error:
            raise Unresolved(str(error)) from None
        if not isinstance(answer, Resolved):
            raise Unresolved(answer.reason)
        (route,) = answer.routes
        return route.transport != self._own
