"""Where headers, parts and bodies are; each expectation is what Postfix 3.10 found."""

import random

import pytest

from postroom.mail.content_type import content_type
from postroom.mail.mime import MAX_HELD, Flaw, Limits, MimeReader, Piece, Section, TooLong

LIMITS = Limits(nesting=100, boundary=2048)
M, P, N, B = Section.MESSAGE, Section.PART, Section.NESTED, Section.BODY


def pieces(
    text: str, size: int = 1 << 30, limits: Limits = LIMITS, *, structured: bool = True
) -> list[Piece]:
    content = text.replace("\n", "\r\n").encode("latin-1")
    reader = MimeReader(limits, lambda *_: None, structured=structured)
    found = [p for at in range(0, len(content), size) for p in reader.feed(content[at : at + size])]
    found += reader.finish()
    assert b"".join(piece.data for piece in found) == content
    return found


def lines(found: list[Piece]) -> list[tuple[Section, str]]:
    """Fields and lines of bodies, the empty ones left out."""
    told: list[tuple[Section, str]] = []
    body = b""
    for piece in found:
        if piece.field is None:
            body += piece.data
        else:
            told += [*_lines(body), (piece.section, _text(piece.data).removesuffix("\n"))]
            body = b""
    return told + _lines(body)


def _lines(body: bytes) -> list[tuple[Section, str]]:
    return [(B, line) for line in _text(body).split("\n") if line]


def _text(data: bytes) -> str:
    return data.decode("latin-1").replace("\r\n", "\n")


NESTED = """\
From: a@b
Content-Type: multipart/mixed; boundary="AA"

preamble
--AA
X-part: y

..dot
--AA
Content-Type: message/rfc822

From: nested
Content-Type: multipart/mixed; boundary=BB

--BB
X-in: bb

in bb
--BB--
after bb
--AA
Content-Type: message/partial

X: body
--AA
Content-Type: message/global

Xg: global

text
--AA
no header
--AA--
X: epilogue
"""


def test_each_header_and_body_is_told_from_the_others() -> None:
    assert lines(pieces(NESTED)) == [
        (M, "From: a@b"),
        (M, 'Content-Type: multipart/mixed; boundary="AA"'),
        (B, "preamble"),
        (B, "--AA"),
        (P, "X-part: y"),
        (B, "..dot"),
        (B, "--AA"),
        (P, "Content-Type: message/rfc822"),
        (N, "From: nested"),
        (N, "Content-Type: multipart/mixed; boundary=BB"),
        (B, "--BB"),
        (P, "X-in: bb"),
        (B, "in bb"),
        (B, "--BB--"),
        (B, "after bb"),
        (B, "--AA"),
        (P, "Content-Type: message/partial"),
        (B, "X: body"),
        (B, "--AA"),
        (P, "Content-Type: message/global"),
        (N, "Xg: global"),
        (B, "text"),
        (B, "--AA"),
        (B, "no header"),
        (B, "--AA--"),
        (B, "X: epilogue"),
    ]


DIGEST = """\
Content-Type: multipart/digest (c); x=y;
 boundary = "A\\"A b "; boundary=CC

--A"A b |

From: one
S :x
 fold

body
--A"A b xyz

From: two

body
--CC
nothdr: 1
--A"A b --
end
""".replace("|", "")


def test_parts_of_a_digest_are_messages_and_longer_lines_hold_the_boundary_too() -> None:
    assert lines(pieces(DIGEST))[1:] == [
        (B, '--A"A b '),
        (N, "From: one"),
        (N, "S :x\n fold"),
        (B, "body"),
        (B, '--A"A b xyz'),
        (N, "From: two"),
        (B, "body"),
        (B, "--CC"),
        (B, "nothdr: 1"),
        (B, '--A"A b --'),
        (B, "end"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no header\nX: y\n", [(B, "no header"), (B, "X: y")]),
        (
            "Content-Type: multipart/mixed; boundary=A\n--A\nX: in\n--A--\n",
            [(B, "--A"), (P, "X: in"), (B, "--A--")],
        ),
        (
            "Content-Type: multipart/mixed; boundary=A\n\n--A\nC: x\n--A\n folded\nX: y\n",
            [(B, "--A"), (P, "C: x"), (B, "--A"), (B, " folded"), (B, "X: y")],
        ),
        (
            "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nX: y\n\nX: z\n",
            [(N, "Content-Type: message/rfc822"), (N, "X: y"), (B, "X: z")],
        ),
    ],
)
def test_structure_where_it_is_not_as_it_should_be(
    text: str, found: list[tuple[Section, str]]
) -> None:
    assert [line for line in lines(pieces(text)) if line[0] is not M] == found


def test_any_piecing_gives_the_same() -> None:
    for text in (NESTED, DIGEST, NESTED.replace("\n\n", "\n")):
        whole = lines(pieces(text))
        assert all(lines(pieces(text, size)) == whole for size in range(1, 40))


def test_all_content_comes_out_whatever_it_is() -> None:
    generator = random.Random(4)
    words = ["--A", "--A--", "\n", "\n", "Content-Type: multipart/x; boundary=A\n", "X: y"]
    words += ["Content-Type: message/rfc822\n", " ", "-", "--", "é"]
    for _ in range(500):
        text = "".join(generator.choices(words, k=30))
        whole = lines(pieces(text))
        assert lines(pieces(text, generator.randrange(1, 9))) == whole


def test_without_structure_all_behind_the_header_is_body() -> None:
    found = lines(pieces(NESTED, structured=False))
    assert {section for section, _ in found[2:]} == {B}


def test_a_body_is_fresh_behind_each_header_and_behind_the_last_part() -> None:
    found = pieces("A: b\nContent-Type: multipart/x; boundary=A\n\n1\n--A\n\n2\n--A--\n3\n")
    fresh = [piece.data for piece in found if piece.fresh]
    assert fresh == [b"\r\n1\r\n", b"\r\n2\r\n", b"--A--\r\n"]


@pytest.mark.parametrize(
    ("value", "boundaries"),
    [
        ("multipart/mixed boundary=A", ()),
        ("multipart; boundary=A", (b"A",)),
        ("multipart/x; boundary=A; boundary=B", (b"A", b"B")),
        ('(c) multipart/x; boundary=""', (b"",)),
        ("multipart/x; boundary=A/B", (b"A",)),
        ("multipart/x; boundary=(c(d\\))e)A", (b"A",)),
        ("multipart/x;\r\n BOUNDARY=\r\n A", (b"A",)),
        ('multipart/x; boundary="A\r\n A"', (b"A A",)),
        ('multipart/x; x="; boundary=A"', ()),
        ("multipart/x; boundary A", ()),
        ("multipart/x, boundary=A", ()),
        ("multipart/x; boundary=<A>", (b"<",)),
        ('multipart/x; boundary="A', (b"A",)),
        ("multipart/x; boundary=A\\B", (b"A",)),
        ("text/plain; boundary=A", ()),
        ('"multipart"/x; boundary=A', ()),
        (";", ()),
        ("", ()),
    ],
)
def test_boundaries_are_found_in_whichever_way_they_are_written(
    value: str, boundaries: tuple[bytes, ...]
) -> None:
    assert content_type(value.encode()).boundaries == boundaries


def flaws(text: str, limits: Limits = LIMITS) -> list[tuple[Flaw, bytes]]:
    found: list[tuple[Flaw, bytes]] = []
    reader = MimeReader(limits, lambda flaw, data: found.append((flaw, data)))
    list(reader.feed(text.replace("\n", "\r\n").encode("latin-1")))
    list(reader.finish())
    return found


def nested(depth: int) -> str:
    parts = (f"Content-Type: multipart/x; boundary=b{i}-\n\n--b{i}-\n" for i in range(depth))
    return "".join(parts) + "X: innermost\n\n"


def test_parts_lie_no_deeper_than_the_limit() -> None:
    limits = Limits(nesting=1, boundary=2048)
    assert flaws(nested(3), limits) == []
    deepest = b"Content-Type: multipart/x; boundary=b3-\r\n"
    assert flaws(nested(4), limits) == [(Flaw.NESTING, deepest)]
    assert lines(pieces(nested(4), limits=limits))[-2:] == [(B, "--b3-"), (B, "X: innermost")]


def test_of_a_long_boundary_its_beginning_counts() -> None:
    limits = Limits(nesting=2, boundary=4)
    text = "Content-Type: multipart/x; boundary=ABCDEFG\n\n--ABCDx\nX: y\n\n--ABCD--\n"
    assert (P, "X: y") in lines(pieces(text, limits=limits))


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("message/rfc822", {"base64", "quoted-printable"}),
        ("message/global", set()),
        ("message/partial", {"8bit", "binary"}),
        ("message/external-body", {"8bit", "binary"}),
        ("message/delivery-status", set()),
        ("multipart/mixed", {"base64", "quoted-printable"}),
        ("text/plain", set()),
    ],
)
def test_encodings_that_a_type_must_not_have(kind: str, bad: set[str]) -> None:
    for encoding in ("7bit", "8bit", "binary", "base64", "quoted-printable", "x-foo"):
        text = f"Content-Transfer-Encoding: {encoding}\nContent-Type: {kind}\n\n"
        expected = [(Flaw.ENCODING, encoding.encode())] if encoding in bad else []
        assert flaws(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Subject: \xe4\n\n", [(Flaw.HEADER_8BIT, b"Subject: \xe4\r\n")]),
        ("\nx\n\xe4y\n", [(Flaw.BODY_8BIT, b"\xe4y")]),
        ("Content-Transfer-Encoding: 8bit\n\n\xe4\n", []),
        ("Content-Transfer-Encoding: quoted-printable\n\n\xe4\n", []),
        ("Content-Transfer-Encoding: x-foo\n\n\xe4\n", [(Flaw.BODY_8BIT, b"\xe4")]),
        (
            "Content-Type: multipart/x; boundary=A\nContent-Transfer-Encoding: 8bit\n\n\xe4\n"
            "--A\nContent-Transfer-Encoding: 8bit\n\n\xe4\n--A--\n\xe4z\n",
            [(Flaw.BODY_8BIT, b"\xe4z")],
        ),
    ],
)
def test_eight_bits_where_seven_were_promised(text: str, found: list[tuple[Flaw, bytes]]) -> None:
    assert flaws(text) == found


def test_a_field_without_end_is_given_up() -> None:
    """Else one message would take all memory."""
    reader = MimeReader(LIMITS, lambda *_: None)
    list(reader.feed(b"X: " + b"y" * (MAX_HELD - 3)))
    with pytest.raises(TooLong):
        list(reader.feed(b"y"))


def test_a_line_of_any_length_in_a_body_is_not_held() -> None:
    reader = MimeReader(LIMITS, lambda *_: None)
    list(reader.feed(b"Content-Type: multipart/x; boundary=A\r\n\r\n"))
    for _ in range(MAX_HELD // 1000 + 2):
        assert sum(len(piece.data) for piece in reader.feed(b"-" * 1000)) <= 2 * 1000 + 2048
