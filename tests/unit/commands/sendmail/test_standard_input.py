"""What sendmail takes from its standard input is the message, whatever pieces it comes in."""

import io

import pytest

from postroom.commands.sendmail.standard_input import message_pieces

CASES = [
    (b"a\nb\n", True, b"a\nb\n"),
    (b"a\n.\nb\n", True, b"a\n"),
    (b"a\n.\r\nb\n", True, b"a\n"),
    (b".\n", True, b""),
    (b".", True, b""),
    (b"a\n.", True, b"a\n"),
    (b"a\n.\r", True, b"a\n"),
    (b"a\n.\nb\n", False, b"a\n.\nb\n"),
    (b"a.\n..\n.b\n", True, b"a.\n..\n.b\n"),
    (b"", True, b""),
    (b"no line end", True, b"no line end"),
    (b"From alice Mon\nSubject: x\n\n", True, b"Subject: x\n\n"),
    (b">From alice Mon\nSubject: x\n\n", False, b"Subject: x\n\n"),
    (b"From a\n>>From b\nFrom c\nx\n", False, b"x\n"),
    (b"from : alice\n", False, b"from : alice\n"),
    (b"Subject: x\nFrom alice\n", False, b"Subject: x\nFrom alice\n"),
    (b"From: alice\n", False, b"From: alice\n"),
]


@pytest.mark.parametrize(("given", "dot_ends", "expected"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_message_is_the_same_in_pieces_of_any_size(
    given: bytes, dot_ends: bool, expected: bytes, size: int
) -> None:
    source = io.BytesIO(given)
    pieces = message_pieces(lambda _: source.read(size), dot_ends)
    assert b"".join(pieces) == expected


def test_a_long_message_is_not_gathered_first() -> None:
    source = io.BytesIO(b"x" * 70 + b"\n" + b"y\n" * 500_000)
    largest = max(len(piece) for piece in message_pieces(source.read, True))
    assert largest < 70_000
