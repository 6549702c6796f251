"""Replies are read the same however they arrive, and never take more memory than allowed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.esmtp.reply_parser import MAX_REPLY, PeerReply, ReplyParser, ReplyTooLong

_STREAM = (
    b"220 mx.example ESMTP\r\n250-mx.example\r\n250-SIZE 1000\r\n250 DSN\r\n"
    b"550-5.1.1 no\r\n550 5.1.1 such user\r\n354\r\n"
)


def _fed(*pieces: bytes) -> list[PeerReply]:
    parser = ReplyParser()
    return [reply for piece in pieces for reply in parser.feed(piece)]


@given(st.lists(st.integers(0, len(_STREAM)), max_size=12))
def test_replies_do_not_depend_on_how_they_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(_STREAM)]
    pieces = [_STREAM[a:b] for a, b in pairwise(edges)]
    assert _fed(*pieces) == _fed(_STREAM)
    assert [reply.code for reply in _fed(_STREAM)] == [220, 250, 550, 354]


def test_a_reply_is_shown_on_one_line_with_every_code() -> None:
    (reply,) = _fed(b"550-5.1.1 no\r\n550 5.1.1 such user\r\n")
    assert reply.text == "550-5.1.1 no 550 5.1.1 such user"
    assert reply.status == "5.1.1"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"450 4.2.0 greylisted", "4.2.0"),
        (b"550 no such user", "5.0.0"),
        (b"450 5.1.1 the class must be the reply's", "4.0.0"),
        (b"550 5.1.1x not a code", "5.0.0"),
        (b"550 5.1234.1 not a code", "5.0.0"),
        (b"250", "2.0.0"),
        (b"550 5.7.1", "5.7.1"),
    ],
)
def test_the_class_of_a_status_is_that_of_the_reply(line: bytes, status: str) -> None:
    assert _fed(line + b"\r\n")[0].status == status


def test_the_last_code_of_a_reply_counts() -> None:
    assert _fed(b"250-ok\r\n550 no\r\n")[0].code == 550


def test_lines_that_are_not_smtp_end_no_reply() -> None:
    replies = _fed(b"Welcome!\r\n250-a\r\n*** noise\r\n250 b\r\n123 x\r\n")
    assert replies == [PeerReply(250, ("a", "b"))]


def test_control_characters_of_a_reply_never_reach_the_log() -> None:
    (reply,) = _fed(b"550 a\x1b[2Jb\rc\x00d\xff\x85\te\r\n")
    assert reply.text == "550 a?[2Jb?c?d\ufffd\ufffd e"


def test_a_line_without_end_is_cut_and_the_rest_of_it_passed_over() -> None:
    parser = ReplyParser()
    replies = parser.feed(b"550 " + b"x" * 5000)
    for _ in range(100):
        replies += parser.feed(b"y" * 5000)
    replies += parser.feed(b"z\r\n250 ok\r\n")
    assert [reply.code for reply in replies] == [550, 250]
    assert len(replies[0].text) <= 2048


def test_a_reply_of_ten_million_lines_is_given_up() -> None:
    parser = ReplyParser()
    block = b"250-x\r\n" * 10_000
    with pytest.raises(ReplyTooLong):
        parser.feed(block * (MAX_REPLY // len(block) + 1))
