"""There is one reading of a message: where it ends, and what its lines are."""

import itertools
import random
import time

import pytest

from postroom.cleanup.wire_form import check
from postroom.esmtp.content import ChunkContent, DataContent, double_dots, with_crlf_only
from postroom.esmtp.limits import PIECE


def read(stream: bytes, step: int) -> tuple[bytes, bytes]:
    """Content and what is left of ``stream``, fed in pieces of ``step`` bytes."""
    content, buffer, taken = DataContent(), bytearray(), b""
    for start in range(0, len(stream), step):
        buffer += stream[start : start + step]
        while (piece := content.take(buffer)) is not None:
            taken += piece.data
            if piece.last:
                return taken, bytes(buffer) + stream[start + step :]
    raise AssertionError("no end of data")


@pytest.mark.parametrize("step", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"one\r\n.\r\n", b"one\r\n"),
        (b"..one\r\n.two\r\n...\r\n.\r\n", b"..one\r\ntwo\r\n...\r\n"),
        (b".one\r\n. \r\n.\r\n", b"one\r\n \r\n"),
        (b"\0\xff\r\n.\r\n", b"\0\xff\r\n"),
    ],
)
def test_content_ends_at_crlf_dot_crlf(sent: bytes, content: bytes, step: int) -> None:
    assert read(sent + b"NOOP\r\n", step) == (content, b"NOOP\r\n")


ENDS = [b"", b"\r", b"\n", b"\r\n", b"\0", b"\n\r", b"\r\r\n"]
# All but the one that is the end of data.
FORMS = [
    form
    for before, behind in itertools.product(ENDS, ENDS)
    if b"\r\n.\r\n" not in (form := before + b"." + behind)
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", [1, 1000])
def test_no_other_form_ends_a_message_here_or_at_a_host_behind_us(form: bytes, step: int) -> None:
    """SMTP smuggling: CVE-2023-51764, CVE-2024-27305 and their kin."""
    sent = b"Subject: x\r\n\r\nx" + form + b"MAIL FROM:<evil@example.com>\r\n"
    content, rest = read(sent + b"\r\n.\r\n", step)
    assert rest == b""
    assert b"\r\n.\r\n" not in b"\r\n" + content
    bare = content.replace(b"\r\n", b"")
    assert b"\r" not in bare
    assert b"\n" not in bare
    assert b"MAIL FROM:<evil@example.com>" in content


def test_a_million_crs_are_looked_at_once() -> None:
    """Each could begin a line end; to try them one by one would take an hour."""
    begun = time.process_time()
    with_crlf_only(b"\r" * 1_000_000)
    assert time.process_time() - begun < 1


def test_whatever_a_client_sends_is_in_wire_form_behind_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """cleanup hangs up on anything else, and on all the mail that shares the connection."""
    monkeypatch.setattr("postroom.esmtp.content.PIECE", 7)
    chance = random.Random(1)
    parts = [b"\r", b"\n", b".", b"\r\n", b"a", b"\r\n.", b"\n.\n", b"bb\r\n", b"\0", b"\r\r\n"]
    for _ in range(5000):
        sent = b"".join(chance.choices(parts, k=chance.randrange(14)))
        check(read(sent + b"\r\n.\r\n", chance.randrange(1, 9))[0])
        chunks = ChunkContent()
        pieces = [chunks.add(bytes([octet])) for octet in sent] + [chunks.rest()]
        check(b"".join(piece.data for piece in pieces if piece is not None))


def test_a_lone_dot_between_bare_newlines_stays_a_line_of_content() -> None:
    content, _ = read(b"a\n.\n.\n.\r\nb\r\n.\r\n", 1000)
    assert content == b"a\r\n..\r\n..\r\n..\r\nb\r\n"


def test_a_dot_behind_a_bare_newline_at_the_edge_of_a_piece_is_no_end() -> None:
    content, rest = read(b"x" * PIECE + b"\n" + b".\r\nmore\r\n.\r\n", PIECE + 1)
    assert (content, rest) == (b"x" * PIECE + b"\r\n..\r\nmore\r\n", b"")


@pytest.mark.parametrize("step", [1000, 70_000, 1_000_000])
def test_large_content_comes_in_pieces_that_add_up(step: int) -> None:
    line = b".." + b"0123456789" * 7 + b"\r\n"
    sent = line * 5000
    content, buffer, pieces = DataContent(), bytearray(), []
    for start in range(0, len(sent), step):
        buffer += sent[start : start + step]
        while (piece := content.take(buffer)) is not None:
            pieces.append(piece.data)
    buffer += b".\r\n"
    last = content.take(buffer)
    assert last is not None
    assert last.last
    assert b"".join(pieces) + last.data == sent
    assert all(piece.endswith(b"\r\n") for piece in pieces)
    assert len(buffer) == 0
    assert content.size == len(sent)


def test_a_line_longer_than_a_piece_does_not_gather() -> None:
    content, buffer = DataContent(), bytearray()
    for _ in range(100):
        buffer += b"x" * 65_536
        while content.take(buffer) is not None:
            pass
        assert len(buffer) < 2 * PIECE


def test_a_cr_at_the_edge_of_a_piece_may_begin_a_line_end() -> None:
    content, rest = read(b"x" * PIECE + b"\r" + b"\n.\r\n", PIECE + 1)
    assert (content, rest) == (b"x" * PIECE + b"\r\n", b"")


def test_clean_text_is_passed_on_untouched() -> None:
    text = b"one\r\n..two\r\n"
    assert with_crlf_only(text) == (text, False)
    assert with_crlf_only(text)[0] is text


@pytest.mark.parametrize(
    ("raw", "clean", "bare"),
    [
        (b"a\nb\r\n", b"a\r\nb\r\n", True),
        (b"a\rb\r\n", b"a b\r\n", False),
        (b"a\r\r\nb\r\n", b"a\r\nb\r\n", False),
        (b"a\r\r\rb\r\n", b"a   b\r\n", False),
        (b"\n\r", b"\r\n ", True),
    ],
)
def test_every_newline_becomes_crlf_and_other_crs_spaces(
    raw: bytes, clean: bytes, bare: bool
) -> None:
    assert with_crlf_only(raw) == (clean, bare)


def test_dots_are_doubled_at_the_start_of_lines_only() -> None:
    assert double_dots(b".a.\r\n.\r\nb\r\n") == b"..a.\r\n..\r\nb\r\n"
    assert double_dots(b".a\r\n", at_line_start=False) == b".a\r\n"


@pytest.mark.parametrize("cut", range(1, 20))
def test_chunks_are_stuffed_as_if_they_were_one(cut: int) -> None:
    raw = b".one\r\n.\r\n..two\r\nthree"
    chunks = ChunkContent()
    assert chunks.add(raw[:cut]) is None
    assert chunks.add(raw[cut:]) is None
    rest = chunks.rest()
    assert rest.last
    assert rest.data == b"..one\r\n..\r\n...two\r\nthree\r\n"
    assert chunks.size == len(raw)


def test_many_tiny_chunks_cost_their_bytes_only() -> None:
    chunks, got = ChunkContent(), 0
    for _ in range(200_000):
        piece = chunks.add(b"x")
        got += len(piece.data) if piece else 0
    assert got + len(chunks.rest().data) == 200_002
