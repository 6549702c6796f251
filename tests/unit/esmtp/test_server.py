"""The order of commands, and that a reply is never ahead of what it answers."""

import pytest

from postroom.esmtp.command import Bdat, Command, Data, Mail, Quit, Rcpt
from postroom.esmtp.content import Content
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.limits import COMMAND_LINE, DISCARDED_LINE
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import ServerEngine
from postroom.esmtp.server_events import Chunk, Event, Refusal
from postroom.esmtp.states import State

OK = Reply(250, "2.0.0", "Ok")
NO = Reply(550, "5.7.1", "No")
REPLIES: dict[type[Event], Reply] = {
    Data: Reply(354, "", "Go on"),
    Quit: Reply(221, "2.0.0", "Bye"),
}


class Talk:
    """A session where everything is accepted, but for recipients that start with ``no``."""

    def __init__(self, *, helo_required: bool = False, strict_utf8: bool = False) -> None:
        self.engine = ServerEngine(Extensions(strict_utf8=strict_utf8), helo_required)
        self.events: list[Event] = []

    def say(self, *lines: bytes) -> list[str]:
        """The codes of all replies to ``lines``, which arrive at once."""
        self.engine.receive(b"".join(lines))
        while (event := self.engine.next_event()) is not None:
            self.events.append(event)
            if isinstance(event, Refusal) or (isinstance(event, Content) and not event.last):
                continue
            refused = isinstance(event, Rcpt) and event.recipient.startswith("no")
            self.engine.answer(NO if refused else REPLIES.get(type(event), OK))
        return [line[:9] for line in self.engine.output.take().decode().splitlines()]

    def content(self) -> bytes:
        return b"".join(event.data for event in self.events if isinstance(event, Content))


def test_a_whole_session_in_one_segment() -> None:
    talk = Talk()
    codes = talk.say(
        b"EHLO me\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n",
        b"Subject: x\r\n\r\n..dot\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nQUIT\r\nNOOP\r\n",
    )
    assert [code[:3] for code in codes] == ["250", "250", "250", "354", "250", "250", "250", "221"]
    assert talk.content() == b"Subject: x\r\n\r\n..dot\r\n"
    assert talk.engine.state is State.CLOSED


def test_the_same_session_byte_by_byte() -> None:
    talk, codes = Talk(), []
    for byte in b"EHLO me\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n":
        codes += talk.say(bytes([byte]))
    assert [code[:3] for code in codes] == ["250", "250", "250", "354", "250", "221"]
    assert talk.content() == b"x\r\n"


@pytest.mark.parametrize(
    ("before", "line", "reply"),
    [
        (b"", b"RCPT TO:<d@e.f>", "503 5.5.1"),
        (b"", b"DATA", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\n", b"MAIL FROM:<a@b.c>", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\n", b"MAIL FROM:<", "503 5.5.1"),
        (b"", b"RCPT TO:<", "503 5.5.1"),
        (b"", b"DATA now", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\n", b"ETRN", "503 Error"),
        (b"MAIL FROM:<a@b.c>\r\n", b"DATA", "554 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<no@e.f>\r\n", b"DATA", "554 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\n", b"ETRN e.f", "503 Error"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nRSET\r\n", b"DATA", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nEHLO me\r\n", b"DATA", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n.\r\n", b"DATA", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 1\r\nx", b"DATA", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 1\r\nx", b"RCPT TO:<d@e.f>", "503 5.5.1"),
        (b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 1 LAST\r\nx", b"BDAT 2\r\n", "503 5.5.1"),
    ],
)
def test_a_command_out_of_order_is_refused(before: bytes, line: bytes, reply: str) -> None:
    assert Talk().say(before + line + b"\r\n")[-1] == reply


def test_a_client_may_have_to_greet() -> None:
    talk = Talk(helo_required=True)
    assert talk.say(b"MAIL FROM:<>\r\nVRFY\r\nMAIL\r\n") == ["503 5.5.1"] * 3
    assert talk.say(b"RSET\r\nMAIL FROM:<>\r\n")[-1] == "503 5.5.1"
    assert talk.say(b"HELO me\r\nMAIL FROM:<>\r\n")[-1] == "250 2.0.0"


@pytest.mark.parametrize(
    ("address", "undeclared"),
    [("ä@e.f", ("250 2.0.0", "553 5.6.7")), ("a@ä.f", ("501 5.1.3",) * 2)],
)
def test_utf8_recipients_need_what_mail_declared(address: str, undeclared: tuple[str, str]) -> None:
    recipient = f"RCPT TO:<{address}>\r\n".encode()
    for strict, refusal in zip((False, True), undeclared, strict=True):
        talk = Talk(strict_utf8=strict)
        assert talk.say(b"MAIL FROM:<>\r\n" + recipient)[-1] == refusal
        assert talk.say(b"RSET\r\nMAIL FROM:<> SMTPUTF8\r\n" + recipient)[-1] == "250 2.0.0"
        # CVE-like state leak: what one message declared does not hold for the next.
        assert talk.say(b"RSET\r\nMAIL FROM:<>\r\n" + recipient)[-1] == refusal


def test_chunks_make_one_message() -> None:
    talk = Talk()
    begin = b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\n"
    codes = talk.say(begin, b"BDAT 3\r\n.a\r", b"BDAT 4\r\n\nNOO", b"BDAT 0 LAST\r\n", b"QUIT\r\n")
    assert [code[:3] for code in codes] == ["250", "250", "250", "250", "250", "221"]
    assert talk.content() == b"..a\r\nNOO\r\n"
    assert [event.size for event in talk.events if isinstance(event, Chunk)] == [3, 4]


def test_octets_of_a_refused_bdat_are_no_commands() -> None:
    talk = Talk()
    assert talk.say(b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == ["503 5.5.1", "250 2.0.0"]


def test_after_a_broken_chunk_the_rest_is_read_for_nothing() -> None:
    engine = Talk().engine
    engine.receive(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 1\r\nx")
    for reply in (OK, OK, NO):
        assert engine.next_event() is not None
        engine.answer(reply)
    engine.receive(b"BDAT 5\r\nQUIT\nMAIL FROM:<>\r\nBDAT 1 LAST\r\nyDATA\r\n")
    refusals = [engine.next_event() for _ in range(4)]
    assert all(isinstance(event, Refusal) for event in refusals)
    lines = engine.output.take().decode().splitlines()[3:]
    assert [line[:9] for line in lines] == ["551 5.0.0", "503 5.5.1", "551 5.0.0", "503 5.5.1"]


def test_an_answer_is_due_before_the_next_event() -> None:
    engine = ServerEngine(Extensions())
    engine.receive(b"MAIL FROM:<>\r\nRSET\r\n")
    assert isinstance(engine.next_event(), Mail)
    assert engine.next_event() is None
    engine.answer(OK)
    assert isinstance(engine.next_event(), Command)


def test_an_answer_that_nobody_waits_for_is_our_mistake() -> None:
    with pytest.raises(RuntimeError):
        ServerEngine(Extensions()).answer(OK)


def test_a_line_too_long_is_refused_once_and_forgotten() -> None:
    talk = Talk()
    assert talk.say(b"NOOP " + b"x" * COMMAND_LINE) == []
    assert talk.engine.backlog == 0
    assert talk.say(b"x" * 100 + b"\r\nNOOP\r\n") == ["500 5.5.2", "250 2.0.0"]


def test_a_line_without_end_ends_the_session() -> None:
    talk, codes = Talk(), []
    for _ in range(2 * DISCARDED_LINE // 1000):
        codes += talk.say(b"x" * 1000)
        assert talk.engine.backlog <= COMMAND_LINE
    assert codes == ["421 4.7.0"]
    assert talk.engine.state is State.CLOSED


def test_a_bare_newline_is_noticed_in_commands_and_content() -> None:
    talk = Talk()
    talk.say(b"NOOP\r\n")
    assert not talk.engine.bare_newline
    talk.say(b"NOOP\n")
    assert talk.engine.bare_newline
    talk.engine.bare_newline = False
    talk.say(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\na\nb\r\n.\r\n")
    assert talk.engine.bare_newline
    assert talk.content() == b"a\r\nb\r\n"


def test_nothing_is_read_behind_a_reply_that_closes() -> None:
    talk = Talk()
    assert talk.say(b"BDAT x\r\nMAIL FROM:<>\r\n") == ["521 5.5.4"]
    talk.engine.receive(b"NOOP\r\n")
    assert talk.engine.next_event() is None
    talk.engine.answer(OK)
    assert talk.engine.output.take() == b""


def test_content_size_counts_what_came_in() -> None:
    talk = Talk()
    talk.say(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n" + b"x" * 70_000)
    assert talk.engine.content_size == 70_000
    talk.say(b"\r\n.\r\n")
    assert talk.engine.content_size == 0


def test_a_bdat_is_an_event_of_content_only() -> None:
    talk = Talk()
    talk.say(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 1 LAST\r\nx")
    assert not any(isinstance(event, Bdat) for event in talk.events)
