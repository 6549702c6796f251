"""postroom.mail.header: fields are found once, by place, and nothing is changed."""

import time

from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.header import decode, encode, scan

MESSAGE = b"From: a@b\r\nSubject: one\r\n two\r\n\tthree\r\nX-Empty:\r\n\r\nbody: no\r\n"


def test_folded_lines_belong_to_their_field() -> None:
    header = scan(MESSAGE)
    assert [field.name for field in header.fields] == [b"from", b"subject", b"x-empty"]
    subject = header.first(b"subject")
    assert subject is not None
    assert subject.body(MESSAGE) == b" one\r\n two\r\n\tthree"
    assert subject.text(MESSAGE) == b"one two\tthree"


def test_the_header_ends_at_the_empty_line() -> None:
    assert MESSAGE[scan(MESSAGE).end :] == b"\r\nbody: no\r\n"


def test_a_line_that_is_no_field_ends_the_header() -> None:
    content = b"Subject: x\r\nno field here\r\nTo: y\r\n\r\n"
    assert content[scan(content).end :].startswith(b"no field here")


def test_a_message_without_header_has_none() -> None:
    assert scan(b"\r\nbody\r\n").end == 0
    assert scan(b"").fields == ()
    assert scan(b" folded: x\r\n").fields == ()


def test_names_compare_without_case_and_may_have_blanks_behind() -> None:
    assert scan(b"SUBJECT \t: x\r\n").first(b"subject") is not None


@given(st.lists(st.sampled_from([b"A: b\r\n", b" c\r\n", b"\r\n", b"x\r\n", b":\r\n"]), max_size=9))
def test_fields_cover_the_header_without_gap(lines: list[bytes]) -> None:
    content = b"".join(lines)
    header = scan(content)
    end = 0
    for field in header.fields:
        assert field.start == end
        end = field.end
    assert header.end == end


def test_a_megabyte_without_colon_costs_one_look() -> None:
    start = time.process_time()
    scan(b"a" * 1_000_000 + b"\r\n")
    scan(b"A: b\r\n" + b" \r\n" * 300_000)
    assert time.process_time() - start < 1.0


def test_bytes_that_are_no_utf8_come_back_as_they_were() -> None:
    assert encode(decode(b"\xfc\xff \xc3\xbc")) == b"\xfc\xff \xc3\xbc"
