"""What content goes through before anybody looks at it: octets go, 8-bit bodies are converted."""

import random
from email import message_from_bytes
from typing import Any

import pytest

from postroom.cleanup.characters import Stripping, octets
from postroom.contracts.cleanup import Handling, Queued, Submit
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID, envelope, run, stored, upload, without_received

LOCAL = (
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n"
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", b""),
        (r"\0", b"\0"),
        (r"\0\1\12\377", b"\0\1\xff"),
        (r"\1234", b"S4"),
        (r"\777", b"\xff"),
        (r"\8", b"8"),
        (r"\a\b\f\t\v\\", b"\a\b\f\t\v\\"),
        (r"\r\n", b""),
        ("x\\", b"x"),
        ("ä", b"\xc3\xa4"),
    ],
)
def test_a_set_of_characters_is_written_as_in_c(text: str, meant: bytes) -> None:
    assert set(octets(text)) == set(meant)


def test_unwanted_characters_are_taken_out_of_header_and_body() -> None:
    content = b"Sub\0ject: a\0\r\n\0\r\nb\0ody\r\n\0.\r\n..\0\r\n"
    _, kept = stored(envelope(), content, message_strip_characters=r"\0")
    assert without_received(kept) == b"Subject: a\r\n\r\nbody\r\n..\r\n..\r\n"


def test_line_ends_stay_and_a_dot_may_go() -> None:
    content = b"Subject: a.b\r\n\r\n...c\r\n..\r\n"
    _, kept = stored(envelope(), content, message_strip_characters=r".\r\n")
    assert without_received(kept) == b"Subject: ab\r\n\r\nc\r\n\r\n"


def test_stripping_does_not_depend_on_the_pieces_and_leaves_wire_form() -> None:
    source = random.Random(2025)
    for _ in range(2000):
        lines = [bytes(source.choices(b"ab.\0", k=source.randrange(5))) for _ in range(4)]
        wire = b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines)
        stripping = Stripping(b"a\0")
        cuts = sorted(source.randrange(len(wire) + 1) for _ in range(3))
        pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
        stripped = b"".join(map(stripping.feed, pieces)) + stripping.finish()
        plain = [line.translate(None, b"a\0") for line in lines]
        expected = ((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in plain)
        assert stripped == b"".join(expected)


def converted(content: bytes, **settings: Any) -> bytes:
    return stored(envelope(), content, force_mime_input_conversion=True, **settings)[1]


def test_a_body_that_claims_to_be_8bit_becomes_quoted_printable_before_tables_see_it() -> None:
    tables = ("regexp:{{/^Gr=C3=BC=C3=9Fe$/ REPLACE seen}}",)
    content = converted(LOCAL.encode(), body_checks=tables)
    assert b"\r\nContent-Transfer-Encoding: quoted-printable\r\n" in content
    assert content.endswith(b"\r\n\r\nseen\r\n")


def test_a_body_that_does_not_say_so_stays() -> None:
    content = LOCAL.replace("8bit", "7bit").encode()
    assert without_received(converted(content)) == content


def test_without_mime_processing_nothing_is_converted() -> None:
    content = converted(LOCAL.encode(), disable_mime_input_processing=True)
    assert without_received(content) == LOCAL.encode()


def test_a_message_in_pieces_is_stripped_and_converted_as_a_whole_one_is() -> None:
    body = "Grüße\0\r\n..\0\r\n" * 5000
    content = LOCAL.encode() + body.encode()
    settings = {"message_strip_characters": r"\0", "force_mime_input_conversion": True}

    async def story(here: Bench) -> None:
        assert await upload(here, content, size=1001) == Queued(ID)

    _, kept = run(story, **settings).qmgr.stored[ID]
    message = message_from_bytes(kept.replace(b"\r\n.", b"\r\n"))
    decoded = message.get_payload(decode=True)
    assert decoded == ("Grüße\r\n" + "Grüße\r\n.\r\n" * 5000).encode()
    assert message["Content-Transfer-Encoding"] == "quoted-printable"


def test_without_checks_nothing_is_taken_out_but_8bit_is_converted_all_the_same() -> None:
    settings = {"message_strip_characters": "u", "force_mime_input_conversion": True}

    async def story(here: Bench) -> None:
        question = Submit(
            ID, envelope(), b"Subject: u\r\n" + LOCAL.encode(), Handling(checks=False)
        )
        assert await here.client.ask(question) == Queued(ID)

    _, kept = run(story, **settings).qmgr.stored[ID]
    assert b"\r\nSubject: u\r\n" in kept
    assert b"\r\nGr=C3=BC=C3=9Fe\r\n" in kept
