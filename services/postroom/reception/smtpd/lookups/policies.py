"""Ask policy servers, through policy-client."""

from postroom.contracts.policy_client import Ask
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.reception.smtpd.lookups.failure import LookupFailed


class Policies:
    """What a server wants done; raises LookupFailed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def action(self, server: str, attributes: tuple[str, ...]) -> str:
        try:
            return (await self._client.ask(Ask(server, attributes))).text
        except Unavailable as error:
            raise LookupFailed(f"policy server {server}: {error}") from None
