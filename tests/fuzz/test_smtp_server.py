"""Random sessions against a model of thirty lines: the engine keeps order, whatever comes."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.esmtp.command import Data, Mail, Quit, Unknown
from postroom.esmtp.content import Content
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import ServerEngine
from postroom.esmtp.server_events import Event, Refusal
from postroom.esmtp.states import State

_REPLIES: dict[type[Event], Reply] = {
    Data: Reply(354, "", "Go on"),
    Quit: Reply(221, "2.0.0", "Bye"),
    Unknown: Reply(500, "5.5.2", "Error: command not recognized"),
}
_OK = Reply(250, "2.0.0", "Ok")


@dataclass
class Model:
    """What a transaction is, in the simplest words."""

    mail: bool = False
    recipients: int = 0
    chunks: bool = False
    messages: list[bytes] = field(default_factory=list)
    gathered: bytes = b""

    def reset(self) -> None:
        self.mail = self.chunks = False
        self.recipients, self.gathered = 0, b""

    def expect(self, step: str, body: bytes) -> int:
        """The first digit of the reply, or of the last one."""
        if step in ("XCLIENT", "XFORWARD") and self.mail:
            return 5
        if step in ("EHLO", "RSET", "XCLIENT"):
            self.reset()
        elif step == "MAIL":
            if self.mail:
                return 5
            self.mail = True
        elif step == "RCPT":
            if not self.mail or self.chunks:
                return 5
            self.recipients += 1
        elif step == "DATA":
            if not self.recipients or self.chunks:
                return 5
            self.messages.append(body)
            self.reset()
        elif step in ("BDAT", "LAST"):
            return self._chunk(step, body)
        elif step == "JUNK":
            return 5
        return 2

    def _chunk(self, step: str, body: bytes) -> int:
        if not self.recipients or (step == "BDAT" and not body):
            return 5
        self.chunks, self.gathered = True, self.gathered + body
        if step == "LAST":
            self.messages.append(self.gathered)
            self.reset()
        return 2


class Client:
    """Sends steps in pieces of any size, and answers the engine's events with yes."""

    def __init__(self, sizes: list[int]) -> None:
        self.engine = ServerEngine(Extensions(xclient_allowed=True, xforward_allowed=True))
        self.messages: list[bytes] = []
        self._sizes = sizes
        self._gathered = b""

    def send(self, data: bytes) -> str:
        at = number = 0
        output = b""
        while at < len(data):
            size = self._sizes[number % len(self._sizes)]
            self.engine.receive(data[at : at + size])
            at, number = at + size, number + 1
            self._answer()
            output += self.engine.output.take()
        return output.decode().splitlines()[-1][0]

    def _answer(self) -> None:
        while (event := self.engine.next_event()) is not None:
            if isinstance(event, Content):
                self._gathered += event.data
                if not event.last:
                    continue
                self.messages.append(self._gathered)
                self._gathered = b""
            if not isinstance(event, Refusal):
                self.engine.answer(_REPLIES.get(type(event), _OK))
            if isinstance(event, Mail):
                self._gathered = b""


def _on_the_wire(step: str, body: bytes, in_data: bool) -> bytes:
    if step == "DATA":
        return b"DATA\r\n" + (_stuffed(body) + b".\r\n" if in_data else b"")
    if step in ("BDAT", "LAST"):
        last = b" LAST" if step == "LAST" else b""
        return b"BDAT %d%s\r\n%s" % (len(body), last, body)
    lines = {
        "EHLO": b"EHLO me",
        "MAIL": b"MAIL FROM:<a@b.c>",
        "RCPT": b"RCPT TO:<d@e.f>",
        "JUNK": b"JUNK",
        "XCLIENT": b"XCLIENT NAME=g.h",
        "XFORWARD": b"XFORWARD NAME=g.h",
    }
    return lines.get(step, step.encode()) + b"\r\n"


def _stuffed(text: bytes) -> bytes:
    lines = text.split(b"\r\n")[:-1]
    return b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines)


_STEPS = st.sampled_from(
    [
        "EHLO",
        "MAIL",
        "RCPT",
        "RCPT",
        "DATA",
        "BDAT",
        "LAST",
        "RSET",
        "NOOP",
        "JUNK",
        "MAIL",
        "XCLIENT",
        "XFORWARD",
    ]
)
_LINES = st.lists(
    st.binary(max_size=8).filter(lambda line: b"\r" not in line and b"\n" not in line)
    | st.sampled_from([b"", b".", b"..", b".x", b"QUIT", b"MAIL FROM:<evil@x.y>"]),
    max_size=5,
)
_BODIES = _LINES.map(lambda lines: b"".join(line + b"\r\n" for line in lines))
_SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=8)


@settings(max_examples=150)
@given(st.lists(st.tuples(_STEPS, _BODIES), max_size=25), _SIZES)
def test_any_session_goes_as_the_model_says(
    steps: list[tuple[str, bytes]], sizes: list[int]
) -> None:
    client, model = Client(sizes), Model()
    for step, body in steps:
        ready = bool(model.recipients) and not model.chunks
        expected = model.expect(step, body)
        assert client.send(_on_the_wire(step, body, in_data=ready)) == str(expected), step
    assert client.messages == [_stuffed(message) for message in model.messages]


_NASTY = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"\0", b"x", b"QUIT", b"\r\n.", b"\n.\n"]),
    max_size=40,
).map(b"".join)


@settings(max_examples=300)
@given(_NASTY, _SIZES)
def test_content_of_any_kind_comes_out_with_one_reading(nasty: bytes, sizes: list[int]) -> None:
    """No bare CR or LF, no end of data inside: a host behind us sees what we saw."""
    client = Client(sizes)
    client.send(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n")
    client.send(nasty + b"\r\n.\r\n" + b"RSET\r\n")
    assert client.messages
    for message in client.messages:
        assert b"\r\n.\r\n" not in b"\r\n" + message
        assert message == b"" or message.endswith(b"\r\n")
        bare = message.replace(b"\r\n", b"")
        assert b"\r" not in bare
        assert b"\n" not in bare


@settings(max_examples=300)
@given(st.binary(max_size=300), _SIZES)
def test_no_input_brings_the_engine_down(noise: bytes, sizes: list[int]) -> None:
    client = Client(sizes)
    client.engine.receive(noise)
    client._answer()
    assert client.engine.state in State
