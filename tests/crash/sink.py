"""The host mail is relayed to: counts how often each letter arrived."""

import asyncio
import socket
import threading
from collections import Counter

from aiosmtpd.smtp import SMTP, Envelope, Session

from crash.letters import number_in


class Sink:
    """An SMTP server in a thread, on a listening socket."""

    def __init__(self, listener: socket.socket) -> None:
        self.arrived: Counter[int] = Counter()
        self._loop = asyncio.new_event_loop()
        self._listener = listener
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, loop=self._loop), sock=self._listener)
        )
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        number = number_in(content if isinstance(content, bytes) else b"")
        if number is not None:
            self.arrived[number] += len(envelope.rcpt_tos)
        return "250 2.0.0 Ok"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
