"""The lines of Dovecot's authentication protocol."""

import pytest

from postroom.reception.smtpd.sasl.dovecot_lines import (
    BadLine,
    Challenge,
    Circumstances,
    Done,
    Failure,
    Line,
    Mechanism,
    Other,
    Success,
    Version,
    auth,
    cont,
    is_base64,
    parse,
)

HERE = Circumstances("smtp", "192.0.2.1", "2001:db8::1", secured=True)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        (b"VERSION\t1\t2", Version(b"1")),
        (b"MECH\tplain\tplaintext", Mechanism("PLAIN", frozenset({"plaintext"}))),
        (b"COOKIE\tabc", Other()),
        (b"", Other()),
        (b"DONE", Done()),
        (b"CONT\t7\tUGFzcw==", Challenge(7, "UGFzcw==")),
        (b"CONT\t7\t", Challenge(7, "")),
        (b"OK\t7\tuser=joe@example.com\tsecret=x", Success(7, "joe@example.com")),
        (b"OK\t7\tuser=a\x01tb\x011", Success(7, "a\tb\x01")),
        (b"FAIL\t7", Failure(7, None, "", temporary=False)),
        (b"FAIL\t7\tuser=", Failure(7, "", "", temporary=False)),
        (b"FAIL\t7\tuser=x\treason=no\ttemp", Failure(7, "x", "no", temporary=True)),
        (b"FAIL\t7\tcode=temp_fail", Failure(7, None, "", temporary=True)),
    ],
)
def test_a_line_means_what_dovecot_says(line: bytes, meaning: Line) -> None:
    assert parse(line) == meaning


@pytest.mark.parametrize(
    "line", [b"VERSION", b"MECH", b"CONT\t1", b"CONT\tx\tAAAA", b"CONT\t1\t!", b"OK", b"OK\t-1"]
)
def test_a_line_that_breaks_the_protocol_is_refused(line: bytes) -> None:
    with pytest.raises(BadLine):
        parse(line)


def test_a_question_has_the_response_at_its_end() -> None:
    assert auth(3, "PLAIN", HERE, "AAAA") == (
        b"AUTH\t3\tPLAIN\tservice=smtp\tnologin\tlip=192.0.2.1\trip=2001:db8::1\tsecured"
        b"\tresp=AAAA\n"
    )
    assert auth(3, "LOGIN", HERE._replace(secured=False), None).endswith(b"rip=2001:db8::1\n")
    assert auth(3, "PLAIN", HERE, "").endswith(b"\tresp==\n")
    assert cont(3, "") == b"CONT\t3\t\n"


def test_nothing_can_end_its_line_in_a_question() -> None:
    with pytest.raises(ValueError, match="end its line"):
        auth(3, "PLAIN\nAUTH", HERE, None)


@pytest.mark.parametrize(("text", "right"), [("", 1), ("AAA=", 1), ("AAA", 0), ("A\tAA", 0)])
def test_base64_is_told_from_what_is_none(text: str, right: int) -> None:
    assert is_base64(text) == bool(right)
