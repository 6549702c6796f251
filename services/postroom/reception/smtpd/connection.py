"""The connection of one client: aiosmtpd's SMTP, with what costs taken out of it.

aiosmtpd gives the session, the envelope and the protocol's place in the event loop. Replaced are:
the constructor, which looks through all methods of handler and protocol for every client (17 % of
its time); the stream reader and the loop over lines of commands and content (75 % at 50 KB); a wait
for the socket after every reply; a new timer for every command; the header parser for addresses. In
their place the engine of ``postroom.esmtp`` reads, and replies leave in one write per batch.
"""

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from types import FunctionType
from typing import Any, cast

from aiosmtpd.smtp import SMTP

from postroom.esmtp import limits
from postroom.esmtp.server import ServerEngine
from postroom.esmtp.states import State
from postroom.reception.smtpd.conversation import ending
from postroom.reception.smtpd.conversation.dialogue import Dialogue
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.filters import filters_of
from postroom.reception.smtpd.peer import remote_client
from postroom.reception.smtpd.pursuit import Pursuit
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transaction import Transaction
from postroom.reception.smtpd.transfer import Transfer

_log = logging.getLogger(__name__)
_CONTENT = frozenset({State.CONTENT, State.CHUNK})
_BETWEEN_MESSAGES = frozenset({State.START, State.READY})


class Connection(SMTP):
    """One client; to be made by a class of ``connections_of``. ``activity`` is held while the
    connection is open or at work."""

    def __init__(
        self,
        desk: Desk,
        activity: AbstractContextManager[object],
        open_connections: "set[Connection]",
    ) -> None:
        self._desk = desk
        self._activity = activity
        self._open_connections = open_connections
        self._engine = ServerEngine(
            desk.offers.usual.in_clear,
            desk.settings.smtpd_helo_required,
            soft_bounce=desk.settings.soft_bounce,
            response_limit=desk.settings.smtpd_sasl_response_limit,
        )
        self._work: Pursuit | None = None
        self._deadline = 0.0
        self._at_end = False
        self._leaving = False
        self._reading = True
        self._client_is_slow = False
        self._in_tls = False
        # Who waits for a client that should say nothing.
        self._listener: asyncio.Event | None = None
        self._shaking_hands = False
        self._socket: asyncio.Transport | None = None

    def _create_session(self) -> ClientSession:
        return ClientSession(self.loop)

    def _create_envelope(self) -> Transaction:
        return Transaction()

    def _new_transaction(self) -> Transaction:
        self.envelope = transaction = self._create_envelope()
        return transaction

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._socket = cast(asyncio.Transport, transport)
        self._activity.__enter__()
        self._open_connections.add(self)
        self.session = session = self._create_session()
        session.peer = transport.get_extra_info("peername")
        settings = self._desk.settings
        session.client = remote_client(
            session.peer,
            port_shown=settings.smtpd_client_port_logging,
            hidden=settings.smtpd_hide_client_session,
        )
        session.transport = transport
        filters = filters_of(self._desk, session)
        transfer = Transfer(self._desk, session, self._new_transaction, filters)
        self._encounter = Encounter(self._desk, session, self._engine, transfer)
        self._dialogue = Dialogue(self._encounter, self)
        self._deadline = self.loop.time() + self._desk.settings.smtpd_timeout
        self._timer = self.loop.call_at(self._deadline, self._look_at_clock)
        if self._run(self._dialogue.open()):
            self._advance()

    def data_received(self, data: bytes) -> None:
        engine = self._engine
        engine.receive(data)
        if self._listener is not None:
            self._listener.set()
        self._extend_deadline(len(data))
        if self._work is None and not self._client_is_slow:
            self._advance()
        elif engine.backlog > limits.READ_AHEAD and self._reading and self._socket is not None:
            self._reading = False
            self._socket.pause_reading()

    def eof_received(self) -> bool:
        """What the client sent before it closed its side is still answered."""
        self._at_end = True
        if self._listener is not None:
            self._listener.set()
        if self._work is None:
            self._advance()
        return not self._in_tls

    def pause_writing(self) -> None:
        """The client does not take what we say, so what it says can wait."""
        self._client_is_slow = True

    def resume_writing(self) -> None:
        self._client_is_slow = False
        if self._work is None:
            self._advance()

    def connection_lost(self, error: Exception | None) -> None:
        if self._socket is None:
            return
        self._timer.cancel()
        if self._listener is not None:
            self._listener.set()
        if self._engine.state is not State.CLOSED and not self._shaking_hands:
            ending.lost(self._encounter)
        self.transport = self._socket = None
        if self._work is None:
            self._finish()

    def shut_down(self) -> None:
        """Take no further message; one that has begun is finished."""
        self._leaving = True
        if self._work is None:
            self._advance()

    # From events to replies

    def _advance(self) -> None:
        """Answer what there is to answer, then send the replies in one write."""
        engine, dialogue = self._engine, self._dialogue
        while (event := engine.next_event()) is not None:
            work = dialogue.handle(event)
            if work is not None and not self._run(work):
                return
        if self._leaving and engine.state in _BETWEEN_MESSAGES:
            ending.shut_down(self._encounter)
        self._flush()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> bool:
        """Whether the coroutine came to its end at once; else it is pursued."""
        pursuit = Pursuit(coroutine, self._worked)
        try:
            if pursuit.step():
                return True
        except Exception as error:
            self._failed(error)
            return True
        self._work = pursuit
        return False

    def _worked(self, error: BaseException | None) -> None:
        self._work = None
        if error is not None:
            self._failed(error)
        if self._socket is None:
            self._finish()
        else:
            self._advance()

    def _failed(self, error: BaseException) -> None:
        _log.error("smtpd: session failed", exc_info=error)
        ending.failed(self._encounter)

    def _flush(self) -> None:
        if self._engine.output.held and not self._run(self._dialogue.release()):
            return
        transport = self._socket
        if transport is None or transport.is_closing():
            return
        output = self._engine.output.take()
        if output:
            transport.write(output)
            self._deadline = self.loop.time() + self._desk.settings.smtpd_timeout
        if self._engine.state is State.CLOSED:
            transport.close()
        elif self._at_end:
            ending.lost(self._encounter)
            transport.close()
        elif not self._reading:
            self._reading = True
            transport.resume_reading()

    def _finish(self) -> None:
        self._dialogue.closed()
        # They know us, too: so all of the session is freed now, not by the garbage collector.
        del self._dialogue, self._encounter
        self._open_connections.discard(self)
        self._activity.__exit__(None, None, None)

    def tease(self, text: str) -> None:
        """Send the first half of a greeting."""
        self._engine.output.tease(text)
        self._flush()

    async def hears_more(self, seconds: float) -> bool:
        """Wait until the client has said something more; False where it does not.

        A session is no task, which asyncio.timeout wants.
        """
        if self._socket is None or self._at_end:
            return False
        before = self._engine.backlog
        self._listener = asyncio.Event()
        timer = self.loop.call_later(seconds, self._listener.set)
        try:
            await self._listener.wait()
        finally:
            timer.cancel()
            self._listener = None
        return self._engine.backlog > before

    async def overhear(self, seconds: float) -> bytes | None:
        """What the client says within that time; None once it has hung up."""
        if not self._engine.has_input:
            await self.hears_more(seconds)
        if self._socket is None or (self._at_end and not self._engine.has_input):
            return None
        return self._engine.peek(self._engine.backlog)

    async def secure(self, client: str) -> ssl.SSLObject:
        """Go on in TLS with the client of that address; raises OSError."""
        transport = self._socket
        if transport is None:
            raise ConnectionAbortedError("the connection was lost")
        await self._dialogue.release()
        self._flush()
        self._reading = True  # which beginning TLS sees to
        self._shaking_hands = True
        try:
            secured = await self._desk.encryption.begin(transport, self, client)
            if self._socket is None:
                raise ConnectionAbortedError("the connection was lost")
        except OSError as error:
            transport.abort()
            self.connection_lost(error)  # which not every event loop says of a handshake
            raise
        finally:
            self._shaking_hands = False
        self.transport = self._socket = secured
        self._in_tls = True
        self._deadline = self.loop.time() + self._desk.settings.smtpd_timeout
        connection: ssl.SSLObject = secured.get_extra_info("ssl_object")
        return connection

    # Time

    def _extend_deadline(self, received: int) -> None:
        """A command is to come whole in its time where main.cf has smtpd_per_request_deadline,
        and content at smtpd_min_data_rate; else the client has time again."""
        settings = self._desk.settings
        latest = self.loop.time() + settings.smtpd_timeout
        if not settings.smtpd_per_request_deadline:
            self._deadline = latest
        elif self._engine.state in _CONTENT:
            self._deadline = min(latest, self._deadline + received / settings.smtpd_min_data_rate)

    def _look_at_clock(self) -> None:
        """The only timer of a connection: it looks when the deadline of its last look is over."""
        now = self.loop.time()
        if self._work is not None:
            self._deadline = max(self._deadline, now + 1.0)
        if now < self._deadline:
            self._timer = self.loop.call_at(self._deadline, self._look_at_clock)
            return
        if self._client_is_slow and self._socket is not None:
            # It does not even read; a reply would never leave.
            self._socket.abort()
            return
        ending.timed_out(self._encounter)
        self._flush()


def connections_of(hostname: str) -> type[Connection]:
    """A class of connections with what aiosmtpd's constructor finds out: the same for all."""
    template = SMTP(object(), hostname=hostname, loop=asyncio.get_running_loop())
    found = {
        name: staticmethod(value) if isinstance(value, FunctionType) else value
        for name, value in vars(template).items()
    }
    return type("Connection", (Connection,), found)
