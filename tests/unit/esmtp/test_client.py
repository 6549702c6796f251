"""The client engine against scripted servers: every reply belongs to exactly one command."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.esmtp.client import Client, ProtocolError
from postroom.esmtp.client_events import (
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

_PIPELINING = b"250-mx.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"


def _message(recipients: int = 2) -> Message:
    lines = tuple(b"RCPT TO:<%d@y.example>\r\n" % number for number in range(recipients))
    return Message(b"MAIL FROM:<a@x.example>\r\n", lines)


def _opened(ehlo: bytes, *, lmtp: bool = False) -> Client:
    client = Client(Dialect("me.example", lmtp))
    client.receive(b"220 mx.example ESMTP\r\n")
    assert client.take_output() == (b"LHLO" if lmtp else b"EHLO") + b" me.example\r\n"
    (ready,) = client.receive(ehlo)
    assert isinstance(ready, Ready)
    return client


def _verdicts(events: list[Event]) -> list[tuple[Step, tuple[int, ...], int]]:
    return [(e.step, e.recipients, e.reply.code) for e in events if isinstance(e, Verdict)]


def _pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % len(stream) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def test_a_whole_envelope_leaves_in_one_write_where_the_server_pipelines() -> None:
    client = _opened(_PIPELINING)
    message = _message()
    client.start(message)
    assert client.take_output() == (
        b"MAIL FROM:<a@x.example>\r\nRCPT TO:<0@y.example>\r\nRCPT TO:<1@y.example>\r\nDATA\r\n"
    )
    assert client.receive(b"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n") == [WantsContent(message)]
    assert client.step is Step.CONTENT
    client.content_sent(message)
    assert client.step is Step.END_OF_DATA
    events = client.receive(b"250 2.0.0 queued\r\n")
    assert _verdicts(events) == [(Step.END_OF_DATA, (0, 1), 250)]
    assert events[-1] == Finished(message)
    assert client.step is None


def test_commands_go_one_by_one_where_it_does_not() -> None:
    client = _opened(b"250 mx.example\r\n")
    message = _message()
    client.start(message)
    assert client.take_output() == b"MAIL FROM:<a@x.example>\r\n"
    for expected in (b"RCPT TO:<0@y.example>\r\n", b"RCPT TO:<1@y.example>\r\n", b"DATA\r\n"):
        assert client.receive(b"250 ok\r\n") == []
        assert client.take_output() == expected
    assert client.receive(b"354 go\r\n") == [WantsContent(message)]


@given(st.lists(st.integers(0, 200), max_size=20), st.booleans())
def test_verdicts_do_not_depend_on_how_replies_are_cut(cuts: list[int], lmtp: bool) -> None:
    ends = b"250 one\r\n452-4.2.2 full\r\n452 4.2.2 really\r\n" if lmtp else b"250 ok\r\n"
    before = b"250 ok\r\n250 ok\r\n550 5.1.1 no\r\n250 ok\r\n354 go\r\n"
    client = _opened(_PIPELINING, lmtp=lmtp)
    message = _message(3)
    client.start(message)
    events: list[Event] = []
    for piece in _pieces(before, cuts):
        events += client.receive(piece)
    client.content_sent(message)
    for piece in _pieces(ends, cuts):
        events += client.receive(piece)
    final = (
        [(Step.END_OF_DATA, (0,), 250), (Step.END_OF_DATA, (2,), 452)]
        if lmtp
        else [(Step.END_OF_DATA, (0, 2), 250)]
    )
    assert _verdicts(events) == [(Step.RCPT, (1,), 550), *final]
    assert events[-1] == Finished(message)


def test_the_next_envelope_may_follow_the_content() -> None:
    client = _opened(_PIPELINING)
    first, second = _message(1), _message(1)
    client.start(first)
    client.receive(b"250 ok\r\n250 ok\r\n354 go\r\n")
    client.content_sent(first)
    client.start(second)
    events = client.receive(b"250 one\r\n250 ok\r\n550 no\r\n554 no valid recipients\r\n")
    assert _verdicts(events) == [(Step.END_OF_DATA, (0,), 250), (Step.RCPT, (0,), 550)]
    assert [e.message for e in events if isinstance(e, Finished)] == [first, second]


def test_a_refused_sender_settles_everybody_and_later_replies_change_nothing() -> None:
    client = _opened(_PIPELINING)
    message = _message()
    client.start(message)
    events = client.receive(b"552 too big\r\n503 what\r\n250 lies\r\n503 what\r\n")
    assert _verdicts(events) == [(Step.MAIL, (0, 1), 552)]
    assert events[-1] == Finished(message)


@pytest.mark.parametrize("lmtp", [False, True])
def test_354_with_nobody_accepted_sends_no_content(lmtp: bool) -> None:
    client = _opened(_PIPELINING, lmtp=lmtp)
    message = _message(1)
    client.start(message)
    client.take_output()
    events = client.receive(b"250 ok\r\n550 no\r\n354 go\r\n")
    assert _verdicts(events) == [(Step.RCPT, (0,), 550)]
    assert client.take_output() == (b"" if lmtp else b".\r\n")
    if lmtp:
        assert client.ended, "how many replies would follow is unknown"
    else:
        assert _verdicts(client.receive(b"250 taken all the same\r\n")) == []


@pytest.mark.parametrize("ehlo", [_PIPELINING, b"250 mx.example\r\n"])
def test_what_failed_is_reset_before_the_next_message(ehlo: bytes) -> None:
    client = _opened(ehlo)
    client.start(_message(1))
    replies = [b"250 ok\r\n", b"550 no\r\n"] + ([b"554 none\r\n"] if ehlo is _PIPELINING else [])
    for reply in replies:
        events = client.receive(reply)
    assert isinstance(events[-1], Finished)
    client.take_output()
    client.start(_message(1))
    if ehlo is _PIPELINING:
        assert client.take_output().startswith(b"RSET\r\nMAIL FROM:<a@x.example>\r\nRCPT")
    else:
        assert client.take_output() == b"RSET\r\n"
        client.receive(b"250 ok\r\n")
        assert client.take_output() == b"MAIL FROM:<a@x.example>\r\n"


def test_ehlo_refused_falls_back_to_helo_but_421_does_not() -> None:
    client = Client(Dialect("me.example"))
    client.receive(b"220 hi\r\n")
    client.take_output()
    assert client.receive(b"502 what\r\n") == []
    assert client.take_output() == b"HELO me.example\r\n"
    (ready,) = client.receive(b"250 mx\r\n")
    assert isinstance(ready, Ready)
    assert not ready.capabilities.pipelining

    client = Client(Dialect("me.example"))
    client.receive(b"220 hi\r\n")
    (refused,) = client.receive(b"421 busy\r\n")
    assert isinstance(refused, Refused)
    assert client.ended


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"421 busy\r\n", b"354 what\r\n"])
def test_a_greeting_that_is_not_220_is_a_refusal(greeting: bytes) -> None:
    client = Client(Dialect("me.example"))
    (refused,) = client.receive(greeting)
    assert isinstance(refused, Refused)
    assert client.take_output() == b""


def test_a_reply_to_nothing_ends_the_connection() -> None:
    client = _opened(_PIPELINING)
    (event,) = client.receive(b"250 surprise\r\n")
    assert isinstance(event, Unsolicited)
    assert client.ended


def test_421_ends_the_connection_wherever_it_comes() -> None:
    client = _opened(b"250 mx.example\r\n")
    message = _message(2)
    client.start(message)
    client.take_output()
    client.receive(b"250 ok\r\n")
    client.take_output()
    events = client.receive(b"421 4.3.2 bye\r\n")
    assert _verdicts(events) == [(Step.RCPT, (0,), 421)]
    assert client.take_output() == b"", "nothing is sent to a server that hangs up"
    assert client.ended


def test_an_endless_reply_is_a_protocol_error() -> None:
    client = _opened(_PIPELINING)
    client.start(_message(1))
    with pytest.raises(ProtocolError):
        client.receive(b"250-x\r\n" * 100_000)
    assert client.ended


@pytest.mark.parametrize("ehlo", [_PIPELINING, b"250 mx.example\r\n"])
@pytest.mark.parametrize("lmtp", [False, True])
def test_a_probe_ends_with_the_replies_to_rcpt(ehlo: bytes, lmtp: bool) -> None:
    client = _opened(ehlo, lmtp=lmtp)
    probe = Message(
        b"MAIL FROM:<>\r\n", (b"RCPT TO:<a@x>\r\n", b"RCPT TO:<b@x>\r\n"), ends_with=Step.RCPT
    )
    client.start(probe)
    events: list[Event] = []
    sent = b""
    for reply in (b"250 ok\r\n", b"250 ok\r\n", b"550 no\r\n"):
        sent += client.take_output()
        events += client.receive(reply)
    assert _verdicts(events) == [(Step.RCPT, (0,), 250), (Step.RCPT, (1,), 550)]
    assert events[-1] == Finished(probe)
    assert sent == b"MAIL FROM:<>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\n"
    assert client.take_output() == b""
    client.start(_message(1))
    assert client.take_output().startswith(b"RSET\r\n")
