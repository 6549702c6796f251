"""One connection to a server: the client engine on an asyncio transport, with its deadlines."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from postroom.delivery.client.awaited import Awaited
from postroom.delivery.client.content_sender import ContentSender
from postroom.delivery.client.deadline import Deadline
from postroom.delivery.client.debugging import Loud
from postroom.delivery.client.failure import ConversationFailed, HostRefused
from postroom.delivery.client.firewalls import NOTHING, Workarounds
from postroom.delivery.client.host import Host
from postroom.delivery.client.outgoing import Outgoing
from postroom.delivery.client.reply_filter import ReplyFilter
from postroom.delivery.client.sealed_transport import SealedTransport
from postroom.delivery.client.timeouts import Pace
from postroom.esmtp.capabilities import Capabilities
from postroom.esmtp.client import Client, ProtocolError
from postroom.esmtp.client_events import (
    Answered,
    Dialect,
    Event,
    Finished,
    Message,
    Ready,
    Refused,
    Step,
    Unsolicited,
    Verdict,
    WantsContent,
)
from postroom.esmtp.reply_parser import PeerReply
from postroom.maillog.smtp import SmtpLog
from postroom.tables.table import Table
from postroom.tls.client_channel import ClientChannel, TlsFailed


class Connection(asyncio.Protocol):
    """Carries one message after another to ``host``.

    ``established`` is when it was opened (loop time), ``uses`` counts messages started on it,
    ``for_one_message`` says that it is not for another one, ``logged_in`` that the server knows us
    by a password. ``when_closed`` may be set to hear of its end, ``witness`` to hear what is said.
    ``workarounds`` are for a firewall in front of the host, if there is one.
    """

    def __init__(
        self, host: Host, dialect: Dialect, pace: Pace, workarounds: Workarounds = NOTHING
    ) -> None:
        loop = asyncio.get_running_loop()
        self.host = host
        self.established = loop.time()
        self.uses = 0
        self.for_one_message = False
        self.logged_in = False
        # What the log says of its certificate.
        self.trust = ""
        self.when_closed: Callable[[], None] | None = None
        self.witness: Loud | None = None
        self._engine = Client(dialect)
        self._pace = pace
        self._workarounds = workarounds
        self._filter: ReplyFilter | None = None
        self._deadline = Deadline(self._timed_out)
        self._transport: asyncio.Transport | None = None
        self._awaited = Awaited()
        self._outgoing: Outgoing | None = None
        self._sender: ContentSender | None = None
        self._on_verdict: Callable[[Verdict], None] = _ignore
        self._ready = False
        self._answer: PeerReply | None = None
        # TLS, from its handshake on.
        self.channel: ClientChannel | None = None

    @property
    def usable(self) -> bool:
        """Whether another message may be started."""
        return self._transport is not None and not self._engine.ended and not self._awaited.busy

    @property
    def capabilities(self) -> Capabilities:
        return self._engine.capabilities

    @property
    def workarounds(self) -> Workarounds:
        """Those that the server's greeting calls for."""
        return self._workarounds if self._engine.masked else NOTHING

    def filter_replies(self, tables: Sequence[Table], log: SmtpLog) -> None:
        """What the server says is to be changed by ``tables`` (smtp_reply_filter)."""
        self._filter = ReplyFilter(
            tables, log, self.host.relay, self._hear, lost=self._filter_failed
        )

    async def handshake(self) -> Capabilities:
        """Wait until the server has answered EHLO; raises HostRefused or ConversationFailed."""
        if not self._ready:
            await self._wait()
        return self._engine.capabilities

    async def ask(self, step: Step, line: bytes) -> PeerReply:
        """STARTTLS or a line of AUTH, and what the server says; raises ConversationFailed."""
        self._engine.ask(step, line)
        self._go_on()
        await self._wait()
        assert self._answer is not None
        return self._answer

    async def secure(self, channel: ClientChannel, seconds: float) -> None:
        """Encrypt all that follows; raises TlsFailed, and then the connection is gone."""
        if self._transport is None or self._engine.ended:
            raise TlsFailed("lost connection")
        self.channel = channel
        self._transport.write(channel.take_output())
        self._deadline.set(seconds)
        try:
            await self._wait()
        except ConversationFailed as error:
            raise TlsFailed(str(error)) from None

    async def greet_again(self) -> None:
        """EHLO once more, now that it cannot be tampered with (RFC 3207 section 4.2)."""
        self._ready = False
        if self._filter is not None:
            self._filter.forget()
        self._engine.greet_again()
        self._go_on()
        await self.handshake()

    async def transact(
        self, message: Message, outgoing: Outgoing, on_verdict: Callable[[Verdict], None]
    ) -> None:
        """Carry one message; ``on_verdict`` hears what is decided, at the moment it is.

        Raises ConversationFailed; recipients without a verdict are then undecided.
        """
        self.uses += 1
        self._outgoing = outgoing
        self._on_verdict = on_verdict
        self._engine.start(message)
        self._go_on()
        await self._wait()

    def quit(self, *, wait: bool) -> None:
        """Say QUIT, and close at once or when the server has answered."""
        if self._transport is None:
            return
        if not self._engine.ended:
            self._engine.quit()
            self._go_on()
        if not wait or self._engine.step is None:
            self._close()

    def abort(self) -> None:
        """Close without a word (the queue manager lost interest)."""
        self._stop_sending()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio.
        self._transport = cast(asyncio.Transport, transport)
        self._renew_deadline()

    def data_received(self, data: bytes) -> None:
        if self.channel is None:
            self._receive(data)
            return
        try:
            data = self._open(self.channel, data)
        except TlsFailed as error:
            self._tls_failed(error)
            return
        if data:
            self._receive(data)
        if self.channel.ended:
            self._close()

    def _open(self, channel: ClientChannel, data: bytes) -> bytes:
        """What the server says inside of TLS; the handshake on the way there."""
        established = channel.established
        plain = channel.receive(data)
        assert self._transport is not None
        if established:
            return plain
        self._transport.write(channel.take_output())
        if channel.established:
            self._transport = SealedTransport(self._transport, channel)
            self._awaited.come()
            self._renew_deadline()
        return plain

    def _tls_failed(self, error: TlsFailed) -> None:
        """The server is told why, if there is a word for it (RFC 8446 section 6.2)."""
        assert self.channel is not None
        if self.channel.established:
            self._fail(f"lost connection with {self.host.shown}")
            self.abort()
        elif self._transport is not None:
            self._transport.write(self.channel.take_output())
            self._awaited.fail(error)
            self._engine.ended = True
            self._close()

    def _receive(self, data: bytes) -> None:
        if self.witness is not None:
            self.witness.heard(data)
        if self._filter is None:
            self._hear(data)
        else:
            self._filter.feed(data)

    def _hear(self, data: bytes) -> None:
        answers = self._engine.answers
        try:
            for event in self._engine.receive(data):
                self._event(event)
        except ProtocolError as error:
            self._fail(f"{error}: {self.host.shown}")
            self.abort()
        else:
            self._go_on(new=not self._pace.whole or self._engine.answers > answers)

    def _filter_failed(self) -> None:
        text = f"local data error while talking to {self.host.shown}"
        self._awaited.fail(ConversationFailed(text, self._engine.step, code="4.3.0"))
        self._stop_sending()
        self.quit(wait=False)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._filter is not None and self._filter.busy:
            self._filter.afterwards = self._end
        else:
            self._end()

    def _end(self) -> None:
        self._fail(f"lost connection with {self.host.shown}")
        self._deadline.close()
        if self.when_closed is not None:
            self.when_closed()

    def pause_writing(self) -> None:
        if self._sender is not None:
            self._sender.pause()

    def resume_writing(self) -> None:
        if self._sender is not None:
            self._sender.resume()

    async def _wait(self) -> None:
        try:
            await self._awaited.wait()
        except asyncio.CancelledError:
            self.abort()
            raise

    def _event(self, event: Event) -> None:
        if isinstance(event, Verdict):
            self._on_verdict(event)
        elif isinstance(event, WantsContent):
            self._send_content(event.message)
        elif isinstance(event, Finished):
            self._awaited.come()
        elif isinstance(event, Ready):
            self._ready = True
            self._awaited.come()
        elif isinstance(event, Answered):
            self._answer = event.reply
            self._awaited.come()
        elif isinstance(event, Refused):
            self._awaited.fail(HostRefused(event.step, event.reply))
        elif isinstance(event, Unsolicited):
            self._close()

    def _send_content(self, message: Message) -> None:
        assert self._outgoing is not None
        assert self._transport is not None
        dot_delay = self.workarounds.dot_delay
        data = None if dot_delay else self._outgoing.whole()
        if data is not None:
            self._transport.write(data)
            self._end_content(message)
        else:
            self._sender = ContentSender(
                self._transport,
                self._outgoing,
                progress=self._content_left,
                sent=partial(self._content_sent, message),
                lost=self._content_lost,
                dot_delay=dot_delay,
            )
            self._sender.start()

    def _content_left(self, size: int) -> None:
        if self._pace.whole:
            most = self._pace.limits[Step.CONTENT]
            self._deadline.extend(size / self._pace.rate, most)
        else:
            self._renew_deadline()

    def _content_sent(self, message: Message) -> None:
        self._sender = None
        self._end_content(message)
        self._renew_deadline()

    def _end_content(self, message: Message) -> None:
        self._tell(b".\r\n")
        self._engine.content_sent(message)

    def _content_lost(self, reason: str) -> None:
        self._fail(reason)
        self.abort()

    def _stop_sending(self) -> None:
        if self._sender is not None:
            self._sender.stop()
            self._sender = None

    def _go_on(self, *, new: bool = True) -> None:
        """``new``: the server has time again."""
        output = self._engine.take_output()
        if output and self._transport is not None:
            self._transport.write(output)
            self._tell(output)
        if new:
            self._renew_deadline()

    def _tell(self, output: bytes) -> None:
        """Let the witness know."""
        if self.witness is None:
            return
        if self._engine.step is Step.AUTH:
            self.witness.said_in_secret(output)
        else:
            self.witness.said(output)

    def _renew_deadline(self) -> None:
        step = self._engine.step
        if step is None:
            self._deadline.clear()
            if self._engine.ended:
                self._close()
        else:
            self._deadline.set(self._pace.limits[step])

    def _timed_out(self) -> None:
        self._fail(f"conversation with {self.host.shown} timed out")
        self.abort()

    def _fail(self, reason: str) -> None:
        step = self._engine.step
        doing = f" while {step.doing}" if step is not None else ""
        in_tls = self.channel is not None and self.channel.established
        self._awaited.fail(ConversationFailed(f"{reason}{doing}", step, in_tls=in_tls))
        self._engine.ended = True
        self._stop_sending()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _ignore(_: Verdict) -> None:
    return
