"""Settings survive the way through a unit file byte for byte."""

import re

import pytest
from hypothesis import given
from hypothesis.strategies import binary

from postroom_generator.credential import escape
from postroom_generator.render import Unwritable, in_unit_file

HOSTILE = [
    b"%u %% %H",
    b"\"quoted\" and 'quoted'",
    b"back\\slash \\n \\x41 \\",
    b"line\nExecStart=/bin/sh\n[Install]\n",
    b"\r\t\0\x7f\xff",
    "Grüße ✉ \u2028".encode(),
    b"$HOME ${HOME} ; # comment",
    bytes(range(256)),
]


def _as_systemd_reads(text: str) -> bytes:
    """C escapes of systemd.exec(5), of which only \\xNN is written."""
    assert re.fullmatch(r"(?:[^\\]|\\x[0-9a-f]{2})*", text)
    decoded = re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)
    return decoded.encode("latin-1")


@pytest.mark.parametrize("value", HOSTILE)
def test_every_byte_comes_back(value: bytes) -> None:
    assert _as_systemd_reads(escape(value)) == value


@given(binary())
def test_any_bytes_come_back(value: bytes) -> None:
    assert _as_systemd_reads(escape(value)) == value


@pytest.mark.parametrize("value", HOSTILE)
def test_the_text_is_one_line_without_specifiers(value: bytes) -> None:
    text = escape(value)
    assert text.isprintable()
    assert text.isascii()
    assert "%" not in text


def test_a_value_cannot_end_its_line_in_a_unit_file() -> None:
    with pytest.raises(Unwritable):
        in_unit_file("smtp\nExecStart=/bin/sh")


def test_a_value_cannot_name_a_specifier() -> None:
    assert in_unit_file("100%u") == "100%%u"
