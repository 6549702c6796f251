"""Parts that are 8bit become quoted-printable; nothing is lost, and nothing else is touched."""

import random
from email import message_from_bytes
from email.message import Message

import pytest

from postroom.mail.seven_bit import MAX_HEADER, seven_bit

_BODY = (
    "Grüße\r\n..zwei Punkte\r\n..\r\nspace at the end \r\ntab\t\r\n=20 literally\r\n"
    "-- \r\n--no boundary\r\n" + "ü" * 300 + "\r\n" + "long " * 100 + "\r\n"
)
_PART = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{_BODY}"
_TREE = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="a b"\r\n'
    "Content-Transfer-Encoding: 8bit\r\n\r\npreamble\r\n--a b\r\n"
    f"{_PART}--a b\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n"
    f"{_PART}--inner\r\nContent-Type: text/html\r\n\r\nplain\r\n--inner--\r\n--a b\r\n"
    "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8BIT\r\n\r\nSubject: in\r\n"
    f"{_PART}--a b--\r\nepilogue\r\n"
)


def _texts(message: Message) -> list[object]:
    return [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]


@pytest.mark.parametrize("source", [_PART, _TREE])
@pytest.mark.parametrize("seed", range(4))
def test_every_part_decodes_to_what_it_was(source: str, seed: int) -> None:
    wire = source.encode()
    dice = random.Random(seed)
    pieces: list[bytes] = []
    rest = wire
    while rest:
        size = dice.choice((1, 2, 7, 100, 100_000))
        pieces.append(rest[:size])
        rest = rest[size:]
    converted = b"".join(seven_bit(pieces))
    assert converted == b"".join(seven_bit([wire]))
    assert converted.isascii()
    assert all(len(line) <= 998 for line in converted.split(b"\r\n"))
    assert b"\r\n.\r\n" not in converted
    before = message_from_bytes(wire.replace(b"\r\n.", b"\r\n"))
    after = message_from_bytes(converted.replace(b"\r\n.", b"\r\n"))
    assert _texts(after) == _texts(before)
    encodings = {part["Content-Transfer-Encoding"] for part in after.walk()}
    assert encodings <= {"quoted-printable", "7bit", None}


def test_a_part_that_calls_itself_binary_is_converted_as_well() -> None:
    wire = "Content-Transfer-Encoding: Binary\r\n\r\nGrüße\r\n".encode()
    converted = b"Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n"
    assert b"".join(seven_bit([wire])) == converted


def test_a_very_long_line_is_encoded_in_bounded_pieces() -> None:
    head = b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    body = ("é . " * 50_000).encode() + b"\r\n"
    converted = b"".join(seven_bit([head + body]))
    after = message_from_bytes(converted.replace(b"\r\n.", b"\r\n"))
    assert after.get_payload(decode=True) == body


@pytest.mark.parametrize(
    "wire",
    [
        b"Subject: x\r\n\r\nno encoding named: \xc3\xa9\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\nw6k=\r\n",
        b"Subject: header only\r\n",
        b"",
        b"X: "
        + b"y" * (MAX_HEADER + 1)
        + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n",
    ],
)
def test_what_does_not_say_8bit_is_left_alone(wire: bytes) -> None:
    assert b"".join(seven_bit([wire])) == wire
