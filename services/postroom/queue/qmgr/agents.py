"""The delivery agents, one socket per transport, and whether they answer."""

import time
from collections.abc import Iterable

from postroom.contracts.delivery import CONTRACT, Deliver, Report
from postroom.ipc.client import Client
from postroom.queue.qmgr.content import Enclosed
from postroom.queue.qmgr.message import ActiveMessage
from postroom.systemd.places import socket_path

# main.cf: daemon_timeout. A delivery may take long; an agent that hangs must not keep mail.
TIMEOUT_SECONDS = 18000.0
# So many failures in a row, each of a request made after the one before, and it is not an
# accident: the transport is left alone for transport_retry_time.
MAX_FAILURES = 3


class Agents:
    """Clients of all transports."""

    def __init__(self, transports: Iterable[str]) -> None:
        self._clients = {
            name: Client(socket_path(name), CONTRACT, timeout=TIMEOUT_SECONDS)
            for name in transports
        }
        self._failures = dict.fromkeys(self._clients, 0)
        self._last_failure = dict.fromkeys(self._clients, 0.0)

    async def deliver(
        self, transport: str, nexthop: str, message: ActiveMessage, recipients: tuple[int, ...]
    ) -> Report:
        """One attempt; raises Unavailable, Corrupt or OSError."""
        with Enclosed(message.stored) as content:
            question = Deliver(
                message.queue_id,
                nexthop,
                message.envelope_for(recipients),
                message.stored.size,
                message.since,
                time.time(),
                content.inline,
                content.offset,
            )
            report, _ = await self._clients[transport].ask_with_descriptors(
                question, content.descriptors
            )
        self._failures[transport] = 0
        return report

    def gave_up(self, transport: str, requested: float) -> bool:
        """Note that a request made at ``requested`` (monotonic) failed; True if it is enough.

        All requests an agent had when it died are one failure.
        """
        if requested >= self._last_failure[transport]:
            self._last_failure[transport] = time.monotonic()
            self._failures[transport] += 1
        return self._failures[transport] >= MAX_FAILURES

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
