"""Hand a recipient on to another transport (mailbox_transport, fallback_transport)."""

import time

from postroom.contracts.delivery import CONTRACT, Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.parts import Part
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.status import Outcome
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.places import socket_path

# main.cf: daemon_timeout, as qmgr waits for an agent.
TIMEOUT_SECONDS = 18_000.0


class Passing:
    """Asks other delivery agents what qmgr asked us; they write the line in the log."""

    def __init__(self, own_name: str, log: DeliveryLog) -> None:
        self._own_name = own_name
        self._log = log
        self._clients: dict[str, Client] = {}

    async def pass_on(self, attempt: Attempt, copy: Copy, destination: str) -> Part:
        """``destination`` is a transport, with a nexthop behind a colon if not the same."""
        transport, _, nexthop = destination.partition(":")
        if not transport or "/" in transport or transport == self._own_name:
            self._log.warning(f"cannot pass mail to transport {destination}")
            return Part(copy.recipient, Result("4.3.5", "mail system configuration error"))
        request = attempt.request
        self._log.passing(request.queue_id, copy.recipient, transport)
        question = Deliver(
            request.queue_id,
            nexthop or request.nexthop,
            request.envelope.to((copy.recipient,)),
            request.size,
            request.active_since,
            time.time(),
            attempt.content.data,
            attempt.content.offset,
        )
        return await self._ask(transport, question, attempt, copy)

    async def _ask(self, transport: str, question: Deliver, attempt: Attempt, copy: Copy) -> Part:
        descriptor = attempt.content.descriptor
        try:
            report, _ = await self._client(transport).ask_with_descriptors(
                question, () if descriptor < 0 else (descriptor,)
            )
        except Unavailable:
            return Part(copy.recipient, Result("4.3.0", "mail transport unavailable"))
        if not report.outcomes:
            return Part(copy.recipient, Result("4.3.0", "no answer from the delivery agent"))
        return _part(copy, report.outcomes[0])

    def _client(self, transport: str) -> Client:
        client = self._clients.get(transport)
        if client is None:
            client = Client(socket_path(transport), CONTRACT, timeout=TIMEOUT_SECONDS)
            self._clients[transport] = client
        return client


def _part(copy: Copy, outcome: Outcome) -> Part:
    return Part(copy.recipient, Result(outcome.code, outcome.text), logged=True)
