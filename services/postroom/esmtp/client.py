"""The client's side of SMTP (RFC 5321, pipelined by RFC 2920) and LMTP (RFC 2033), without I/O.

Feed ``Client.receive`` with what arrived and send what ``take_output`` returns. Every command
that leaves is entered in a queue of expected replies, every reply takes the head of that queue:
a reply belongs to exactly one command, whatever the server says and however it is cut up.
"""

from collections import deque

from postroom.esmtp.capabilities import Capabilities, capabilities
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
from postroom.esmtp.reply_parser import PeerReply, ReplyParser, ReplyTooLong


class ProtocolError(Exception):
    """The server breaks the protocol in a way that leaves nothing to go on with."""


# The command, the message it belongs to (None in the handshake), the recipient (or -1).
_Expected = tuple[Step, Message | None, int]


class Client:
    """One connection to a server, from its greeting on.

    After ``ended`` turns true (421, QUIT, or a protocol error) nothing more may be started.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._parser = ReplyParser()
        self._expected: deque[_Expected] = deque([(Step.GREETING, None, -1)])
        self._output: list[bytes] = []
        self._events: list[Event] = []
        self._content_of: Message | None = None
        self._reset_first = False
        self.capabilities = Capabilities()
        self.ended = False
        # How many replies there were, and whether a firewall has masked the first.
        self.answers = 0
        self.masked = False

    @property
    def step(self) -> Step | None:
        """What is under way: the reply that comes next, or the content; None when idle."""
        if self._expected:
            return self._expected[0][0]
        return Step.CONTENT if self._content_of is not None else None

    def take_output(self) -> bytes:
        """What to send now."""
        output = self._output
        if not output:
            return b""
        self._output = []
        return output[0] if len(output) == 1 else b"".join(output)

    def receive(self, data: bytes) -> list[Event]:
        """Take in what arrived; raises ProtocolError."""
        try:
            replies = self._parser.feed(data)
        except ReplyTooLong:
            self.ended = True
            raise ProtocolError("server reply is too long") from None
        self._events = []
        for reply in replies:
            self._reply(reply)
        return self._events

    def ask(self, step: Step, line: bytes) -> None:
        """STARTTLS or a line of AUTH (RFC 4954 section 4); allowed when idle."""
        self._command(line, step, None)

    def greet_again(self) -> None:
        """RFC 3207 section 4.2: forget what was said before TLS, all that came too early, too."""
        self._parser = ReplyParser()
        self.capabilities = Capabilities()
        self._hello(extended=True)

    def start(self, message: Message) -> None:
        """Begin a transaction; allowed when idle, or when all content so far is sent."""
        if self._reset_first:
            self._reset_first = False
            self._command(b"RSET\r\n", Step.RSET, message)
        if self.capabilities.pipelining:
            self._send_group(message)
        elif not message.outstanding:
            self._begin(message, 0)
        self._reset_first = message.ends_with is Step.RCPT

    def content_sent(self, message: Message) -> None:
        """The content and its final dot line are on their way."""
        self._content_of = None
        # RFC 2033 section 4.2: one reply for each accepted recipient.
        for index in message.accepted if self._dialect.lmtp else (-1,):
            self._expect(Step.END_OF_DATA, message, index)

    def quit(self) -> None:
        """Say goodbye; the reply may be waited for."""
        self._command(b"QUIT\r\n", Step.QUIT, None)
        self.ended = True

    def _send_group(self, message: Message) -> None:
        """RFC 2920 section 3.1: DATA may end a group."""
        probes = message.ends_with is Step.RCPT
        data = b"" if probes else b"DATA\r\n"
        for step, line in message.preface:
            self._command(line, step, message)
        self._output.append(b"".join((message.mail, *message.recipients, data)))
        expected = self._expected
        expected.append((Step.MAIL, message, -1))
        expected.extend([(Step.RCPT, message, n) for n in range(len(message.recipients))])
        message.outstanding += len(message.recipients) + 1
        if not probes:
            self._expect(Step.DATA, message)

    def _begin(self, message: Message, index: int) -> None:
        """A line of the preface, or MAIL behind the last one; for a server without PIPELINING."""
        if index < len(message.preface):
            step, line = message.preface[index]
            self._command(line, step, message, index)
        else:
            self._command(message.mail, Step.MAIL, message)

    def _command(self, line: bytes, step: Step, message: Message | None, index: int = -1) -> None:
        self._output.append(line)
        self._expect(step, message, index)

    def _expect(self, step: Step, message: Message | None, index: int = -1) -> None:
        self._expected.append((step, message, index))
        if message is not None:
            message.outstanding += 1

    def _reply(self, reply: PeerReply) -> None:
        self.answers += 1
        if reply.code == 421:
            self.ended = True
        if not self._expected:
            self.ended = True
            self._events.append(Unsolicited(reply))
            return
        step, message, recipient = self._expected.popleft()
        if message is None:
            self._handshake(step, reply)
            return
        message.outstanding -= 1
        self._transaction(step, message, recipient, reply)
        if not message.outstanding and message is not self._content_of:
            self._events.append(Finished(message))

    def _handshake(self, step: Step, reply: PeerReply) -> None:
        if step is Step.QUIT:
            return
        if step in (Step.STARTTLS, Step.AUTH):
            self._events.append(Answered(reply))
        elif step is Step.GREETING and reply.positive:
            self.masked = _is_masked(reply)
            self._hello(extended="ESMTP" in " ".join(reply.lines).split())
        elif step is Step.EHLO and not reply.positive and not self.ended:
            self._command(b"HELO %b\r\n" % self._dialect.name.encode(), Step.HELO, None)
        elif reply.positive:
            self._understood(step, reply)
        else:
            self.ended = True
            self._events.append(Refused(step, reply))

    def _understood(self, step: Step, reply: PeerReply) -> None:
        """The server's answer to our greeting; to HELO it only says who it is."""
        if step is Step.HELO:
            self.capabilities = Capabilities(name=reply.lines[0].split(" ", 1)[0])
        else:
            self.capabilities = capabilities(reply, self._dialect.ignore)
        self._events.append(Ready(self.capabilities))

    def _hello(self, *, extended: bool) -> None:
        dialect = self._dialect
        if dialect.lmtp:
            step = Step.LHLO
        elif dialect.never_extended or (self.masked and dialect.plain_if_masked):
            step = Step.HELO
        elif extended or dialect.always_extended:
            step = Step.EHLO
        else:
            step = Step.HELO
        self._command(f"{step.name} {dialect.name}\r\n".encode(), step, None)

    def _transaction(self, step: Step, message: Message, index: int, reply: PeerReply) -> None:
        if step is Step.MAIL:
            self._mail(message, reply)
        elif step is Step.RCPT:
            self._rcpt(message, index, reply)
        elif step is Step.DATA:
            self._data(message, reply)
        elif step is Step.END_OF_DATA:
            self._end_of_data(message, index, reply)
        elif step is Step.RSET:
            self._reset(message, reply)
        else:
            self._prefaced(step, message, index, reply)

    def _reset(self, message: Message, reply: PeerReply) -> None:
        if not reply.positive:
            self.ended = True
        elif not self.capabilities.pipelining and not self.ended:
            self._begin(message, 0)

    def _prefaced(self, step: Step, message: Message, index: int, reply: PeerReply) -> None:
        """The message goes out, whatever the server thinks of where it came from."""
        if not reply.positive:
            self._events.append(Verdict(message, step, (), reply))
        if not self.capabilities.pipelining and not self.ended:
            self._begin(message, index + 1)

    def _mail(self, message: Message, reply: PeerReply) -> None:
        if not reply.positive:
            message.refused = True
            everyone = tuple(range(len(message.recipients)))
            self._events.append(Verdict(message, Step.MAIL, everyone, reply))
        elif not self.capabilities.pipelining:
            self._next_recipient(message, 0)

    def _rcpt(self, message: Message, index: int, reply: PeerReply) -> None:
        if message.refused:
            return  # Replies to a group whose MAIL was refused say nothing new.
        if reply.positive:
            message.accepted.append(index)
        if message.ends_with is Step.RCPT or not reply.positive:
            self._events.append(Verdict(message, Step.RCPT, (index,), reply))
        if not self.capabilities.pipelining:
            self._next_recipient(message, index + 1)

    def _next_recipient(self, message: Message, index: int) -> None:
        if self.ended:
            return
        if index < len(message.recipients):
            self._command(message.recipients[index], Step.RCPT, message, index)
        elif message.accepted and message.ends_with is not Step.RCPT:
            self._command(b"DATA\r\n", Step.DATA, message)
        else:
            self._reset_first = True

    def _data(self, message: Message, reply: PeerReply) -> None:
        ready = 300 <= reply.code < 400
        if ready and message.accepted and not message.refused:
            self._go_ahead(message, reply)
        elif ready:
            self._abandon(message)
        else:
            self._reset_first = True
            if message.accepted:
                everyone = tuple(message.accepted)
                self._events.append(Verdict(message, Step.DATA, everyone, reply))

    def _go_ahead(self, message: Message, reply: PeerReply) -> None:
        if message.ends_with is Step.DATA:
            # The server waits for content, which is not to come.
            self.ended = True
            self._events.append(Verdict(message, Step.DATA, tuple(message.accepted), reply))
        else:
            self._content_of = message
            self._events.append(WantsContent(message))

    def _abandon(self, message: Message) -> None:
        """RFC 2920 section 3.1: 354 with nobody accepted is answered with a dot alone."""
        if self._dialect.lmtp:
            # How many replies would follow is anybody's guess (RFC 2033 demands 503 to DATA).
            self.ended = True
            return
        message.refused = True
        self._command(b".\r\n", Step.END_OF_DATA, message)

    def _end_of_data(self, message: Message, index: int, reply: PeerReply) -> None:
        if not message.refused:
            recipients = tuple(message.accepted) if index < 0 else (index,)
            self._events.append(Verdict(message, Step.END_OF_DATA, recipients, reply))


def _is_masked(greeting: PeerReply) -> bool:
    """What a PIX firewall leaves of a greeting are asterisks, and of digits 2 and 0."""
    return not "".join(greeting.lines).strip("20 *")
