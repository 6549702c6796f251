"""Ask verify whether mail to an address could be delivered, and wait a little for its probe."""

import asyncio

from postroom.contracts.verify import State, Verified, Verify
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.reception.smtpd.lookups.failure import LookupFailed


class Verification:
    """Asks up to ``count`` times, with ``delay`` seconds between; raises LookupFailed."""

    def __init__(self, client: Client, count: int, delay: float) -> None:
        self._client = client
        self._count = count
        self._delay = delay

    def with_patience(self, count: int, delay: float) -> "Verification":
        return Verification(self._client, count, delay)

    async def of(self, address: str) -> Verified:
        found = await self._ask(address)
        for _ in range(self._count - 1):
            if found.state is not State.UNKNOWN:
                break
            await asyncio.sleep(self._delay)
            found = await self._ask(address)
        return found

    async def _ask(self, address: str) -> Verified:
        try:
            return await self._client.ask(Verify(address))
        except Unavailable as error:
            raise LookupFailed(f"address verification: {error}") from None
