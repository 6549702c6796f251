"""The server's end of an SMTP session, without a socket.

``receive`` bytes, then call ``next_event`` until it returns None. Every event but a
``Refusal`` and a ``Content`` that is not ``last`` wants exactly one ``answer``. What is to be
sent gathers in ``output``.
"""

from postroom.esmtp import limits
from postroom.esmtp.command import (
    Auth,
    Bdat,
    Command,
    Data,
    Etrn,
    Mail,
    Rcpt,
    Unknown,
    Vrfy,
    Xclient,
    Xforward,
)
from postroom.esmtp.command_parser import parse_command, undeclared_utf8, verb_of
from postroom.esmtp.content import ChunkContent, Content, DataContent
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.line_buffer import LineBuffer
from postroom.esmtp.parameters import Refused
from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Chunk, Event, Refusal, Response, Uttered, Witness
from postroom.esmtp.server_output import ServerOutput
from postroom.esmtp.states import GREETING_REFUSALS, REFUSALS, State, state_after

# Instead of a verb, once a message was answered.
END_OF_MESSAGE = "END-OF-MESSAGE"
_TOO_LONG = Reply(500, "5.5.2", "Error: command line too long")
# Of these Postfix does not look at the words before it looks at the time.
_ORDER_COMES_FIRST: dict[str, type[Command]] = {
    one.verb: one for one in (Data, Etrn, Mail, Rcpt, Vrfy, Xclient, Xforward)
}
_MUCH_TOO_LONG = Reply(421, "4.7.0", "Error: command line too long")


class _Transaction:
    """All that is known of one message; replaced whole when a new one may begin."""

    __slots__ = ("content", "smtputf8")

    def __init__(self) -> None:
        self.smtputf8 = False
        self.content: DataContent | ChunkContent | None = None


class _Octets:
    """A BDAT under way: how much of it is ``missing``, the state ``before`` it, which it does not
    change where there is a ``refusal``."""

    __slots__ = ("bdat", "before", "missing", "refusal")

    def __init__(self, bdat: Bdat, before: State, refusal: Reply | None) -> None:
        self.bdat = bdat
        self.before = before
        self.missing = bdat.size
        self.refusal = refusal


class ServerEngine:
    """One session. ``verb`` is the command last seen, or what ended a message; ``bare_newline``
    stays set once seen.

    ``extensions`` may become others in a session; ``response_limit`` is of AUTH.
    With ``asks_about_lines`` each command comes as Uttered first.
    """

    def __init__(
        self,
        extensions: Extensions,
        helo_required: bool = False,
        *,
        soft_bounce: bool = False,
        response_limit: int = limits.RESPONSE_LINE,
    ) -> None:
        self.output = ServerOutput(soft_bounce=soft_bounce)
        self.asks_about_lines = False
        self.state = State.START
        self.verb = "CONNECT"
        self.bare_newline = False
        self.extensions = extensions
        self._witness: Witness | None = None
        self._response_limit = response_limit
        self._before_challenge = State.START
        self._refusals = GREETING_REFUSALS if helo_required else REFUSALS
        self._buffer = LineBuffer()
        self._asked: Event | None = None
        self._transaction = _Transaction()
        self._chunk = _Octets(Bdat(0, last=False), State.START, None)

    def watched_by(self, witness: Witness | None) -> None:
        """From now on ``witness`` hears what is said."""
        self._witness = self.output.witness = witness

    @property
    def has_input(self) -> bool:
        """Whether the client sent more than was looked at."""
        return bool(self._buffer)

    @property
    def backlog(self) -> int:
        """How many bytes wait to be looked at."""
        return len(self._buffer)

    @property
    def content_size(self) -> int:
        """How much content of the present message has come in."""
        content = self._transaction.content
        return content.size if content is not None else 0

    @property
    def chunk_size(self) -> int | None:
        """The octets of the BDAT last seen; None where DATA brings the content."""
        return self._chunk.bdat.size if self.verb == Bdat.verb else None

    def peek(self, size: int) -> bytes:
        """What the client has said too early."""
        return bytes(self._buffer[:size])

    def take(self, size: int) -> bytes:
        """Some of that, which was not meant for us."""
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def receive(self, data: bytes) -> None:
        if self.state is not State.CLOSED:
            self._buffer += data

    def say(self, reply: Reply) -> None:
        """The greeting, or a 421 at any time; a reply that closes ends the session."""
        self.output.put(reply)
        if reply.closes:
            self.close()

    def close(self) -> None:
        """Look at no further input."""
        self.state = State.CLOSED
        self._asked = None
        self._buffer.clear()

    def next_event(self) -> Event | None:
        """What the client did; None if more input is needed, or an answer is due first."""
        if self._asked is not None:
            return None
        if self.state is State.CHUNK:
            return self._next_octets()
        if not self._buffer:
            return None
        if self.state is State.CONTENT:
            return self._next_content()
        if self.state is State.RESPONSE:
            return self._next_response()
        if self.state is State.HANDSHAKE:
            return None
        return self._next_command()

    def answer(self, reply: Reply) -> None:
        """Reply to the event that was returned last; ignored once the session is over."""
        if self.state is State.CLOSED:
            return
        asked, self._asked = self._asked, None
        if asked is None:
            raise RuntimeError("no answer is due")
        self.output.put(reply)
        if isinstance(asked, Command):
            if reply.code < 400:
                self._accepted(asked)
        elif isinstance(asked, Response):
            self.state = self._before_challenge
        elif isinstance(asked, Content):
            self._enter(State.READY)
            self.verb = END_OF_MESSAGE
        else:
            self._enter(State.CHUNKS if reply.code < 400 else State.BROKEN_CHUNKS)
        if reply.closes:
            self.close()

    def challenge(self, reply: Reply) -> None:
        """Ask more of a client that sent AUTH, or a response, before it is answered."""
        if self.state is State.CLOSED:
            return
        if isinstance(self._asked, Auth):
            self._before_challenge = self.state
        elif not isinstance(self._asked, Response):
            raise RuntimeError("no authentication is under way")
        self._asked = None
        self.output.put(reply)
        self.state = State.RESPONSE

    def secured(self) -> None:
        """TLS is there: the client has to begin anew (RFC 3207 section 4.2)."""
        if self.state is State.HANDSHAKE:
            self.state = State.START

    def _accepted(self, command: Command) -> None:
        kind = type(command)
        if kind is Rcpt:
            self.state = State.RCPT
            return
        self._enter(state_after(command, self.state))
        if isinstance(command, Mail):
            self._transaction.smtputf8 = command.smtputf8
        elif kind is Data:
            self._transaction.content = DataContent()
        elif self.state is State.HANDSHAKE:
            self._forget()

    def _forget(self) -> None:
        """What came in clear behind STARTTLS may be from anybody (CVE-2011-0411)."""
        self._buffer.forget()
        self._transaction = _Transaction()

    def _enter(self, state: State) -> None:
        if state is State.READY:
            self._transaction = _Transaction()
        self.state = state

    def _refuse(self, verb: str, reply: Reply, no_address: str = "") -> Refusal:
        self.say(reply)
        return Refusal(verb, reply, no_address)

    # Commands

    def _whole(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            return line[:-1]
        self.bare_newline = True
        return line

    def _wait_for_line(self) -> Refusal | None:
        """None until a line that does not end is too much."""
        if self._buffer.discarded < limits.DISCARDED_LINE:
            return None
        return self._refuse(Unknown.verb, _MUCH_TOO_LONG)

    def _next_command(self) -> Event | None:
        line = self._buffer.take_line(limits.COMMAND_LINE)
        if line is None:
            return self._wait_for_line()
        if self._buffer.discarded:
            return self._refuse_long_line()
        line = self._whole(line)
        if self._witness is not None:
            self._witness.heard(line)
        if self.asks_about_lines:
            self._asked = uttered = Uttered(line)
            return uttered
        return self._read_command(line)

    def understood(self, line: bytes) -> Event | None:
        """What a line that was Uttered means, or the line that takes its place."""
        self._asked = None
        return self._read_command(line)

    def _read_command(self, line: bytes) -> Event | None:
        try:
            command = parse_command(line, self.extensions)
        except Refused as refused:
            self.verb = verb_of(line)
            out_of_order = self._refusals[self.state].get(
                _ORDER_COMES_FIRST.get(self.verb, Command)
            )
            if out_of_order is not None:
                return self._refuse(self.verb, out_of_order)
            return self._refuse(self.verb, refused.reply, refused.no_address)
        return self._in_order(command)

    def _in_order(self, command: Command) -> Event | None:
        """The command, if it may come now."""
        self.verb = command.verb
        if type(command) is Bdat:
            return self._begin_chunk(command)
        refusal = self._refusals[self.state].get(type(command))
        if refusal is None and type(command) is Rcpt:
            refusal = self._undeclared(command)
        if refusal is not None:
            return self._refuse(command.verb, refusal)
        self._asked = command
        return command

    def _undeclared(self, command: Rcpt) -> Reply | None:
        """RFC 6531 section 3.5: what MAIL did not declare."""
        if self._transaction.smtputf8 or command.recipient.isascii():
            return None
        return undeclared_utf8(command.recipient, self.extensions)

    def _refuse_long_line(self) -> Refusal:
        self._buffer.discarded = 0
        self.verb = Unknown.verb
        return self._refuse(Unknown.verb, _TOO_LONG)

    def _next_response(self) -> Event | None:
        """RFC 4954 section 4: a line of base64, or ``*``."""
        line = self._buffer.take_line(self._response_limit)
        if line is None:
            return self._wait_for_line()
        too_long, self._buffer.discarded = self._buffer.discarded, 0
        self._asked = response = Response(None if too_long else self._whole(line))
        return response

    # Content

    def _next_content(self) -> Content | None:
        content = self._transaction.content
        if not isinstance(content, DataContent):
            raise RuntimeError("no content is due")
        piece = content.take(self._buffer)
        return None if piece is None else self._pass_on(piece)

    def _pass_on(self, piece: Content) -> Content:
        if piece.bare_newline:
            self.bare_newline = True
        if piece.last:
            self._asked = piece
        return piece

    def _begin_chunk(self, bdat: Bdat) -> Event | None:
        """RFC 3030 section 2: the octets come, whatever becomes of them."""
        refusal = self._refusals[self.state].get(Bdat)
        if self.state is State.BROKEN_CHUNKS:
            refusal = Reply(551, "5.0.0", f"Discarded {bdat.size} bytes after earlier error")
        self._chunk = _Octets(bdat, self.state, refusal)
        self.state = State.CHUNK
        return self._next_octets()

    def _next_octets(self) -> Event | None:
        chunk = self._chunk
        octets = self.take(chunk.missing)
        chunk.missing -= len(octets)
        if chunk.refusal is None:
            piece = self._chunks().add(octets)
            if piece is not None:
                return self._pass_on(piece)
        return self._end_chunk(chunk) if chunk.missing == 0 else None

    def _chunks(self) -> ChunkContent:
        content = self._transaction.content
        if not isinstance(content, ChunkContent):
            content = self._transaction.content = ChunkContent()
        return content

    def _end_chunk(self, chunk: _Octets) -> Event:
        if chunk.refusal is not None:
            broken = chunk.before is State.BROKEN_CHUNKS and chunk.bdat.last
            self._enter(State.READY if broken else chunk.before)
            return self._refuse(Bdat.verb, chunk.refusal)
        if chunk.bdat.last:
            return self._pass_on(self._chunks().rest())
        self._asked = Chunk(chunk.bdat.size)
        return self._asked
