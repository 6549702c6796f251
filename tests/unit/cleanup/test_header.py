"""The header cleanup hands on: what is added, dropped, put in form, and what is left alone."""

import pytest
from msgspec import structs

from postroom.contracts.cleanup import (
    Queued,
    Refused,
)
from unit.cleanup.stories import ID, MESSAGE, envelope, local, stored, submit, without_received


def test_a_remote_message_gets_received_and_nothing_else() -> None:
    _, content = stored(envelope(), MESSAGE)
    assert content.startswith(
        b"Received: from helo.example (client.example [192.0.2.1])\r\n"
        b"\tby host.example (Postroom) with ESMTP id 0605EB1D5A3C0\r\n"
        b"\tfor <b@two.example>; "
    )
    assert without_received(content) == MESSAGE


def test_a_message_that_lacks_a_message_id_is_logged_so() -> None:
    _, here = submit(envelope(), MESSAGE)
    assert here.journal.lines == [f"{ID}: message-id=<>"]
    _, here = submit(envelope(), b"Message-ID:\r\n <x@y>\r\n\r\n")
    assert here.journal.lines == [f"{ID}: message-id=<x@y>"]


def test_a_local_message_gets_what_it_lacks() -> None:
    _, content = stored(local(name="Joe D. User"), b"\r\nbody\r\n")
    head, body = without_received(content).split(b"\r\n\r\n")
    fields = head.split(b"\r\n")
    assert fields[0].startswith(b"Message-Id: <2023111")
    assert fields[0].endswith(b".0605EB1D5A3C0@host.example>")
    assert fields[1].startswith(b"Date: ")
    assert b" Nov 2023 " in fields[1]
    assert fields[2] == b'From: "Joe D. User" <a@one.example>'
    assert body == b"body\r\n"


def test_a_full_name_beyond_ascii_is_encoded() -> None:
    _, content = stored(local(name="Jürgen D."), b"\r\n")
    assert b"\r\nFrom: =?utf-8?Q?J=C3=BCrgen_D=2E?= <a@one.example>\r\n" in content
    _, content = stored(local(name="Jürgen"), b"\r\n", header_from_format="obsolete")
    assert b"\r\nFrom: a@one.example (=?utf-8?Q?J=C3=BCrgen?=)\r\n" in content
    _, content = stored(local(name="Jürgen"), b"\r\n", full_name_encoding_charset="")
    assert "\r\nFrom: Jürgen <a@one.example>\r\n".encode() in content


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("8bit", "8BITMIME"), (" Binary ", "8BITMIME"), ("base64", ""), ("x-other", "")],
)
@pytest.mark.parametrize("before", ["", "Content-Transfer-Encoding: 7bit\r\n"])
def test_a_message_that_says_so_has_eight_bits(before: str, encoding: str, body: str) -> None:
    text = f"{before}Content-Transfer-Encoding: {encoding}\r\n\r\nx\r\n".encode()
    assert stored(local(), text)[0].body == body
    assert stored(local(), text, disable_mime_input_processing=True)[0].body == ""
    assert stored(local(), text, detect_8bit_encoding_header=False)[0].body == ""
    said_so = structs.replace(local(), body="8BITMIME")
    assert stored(said_so, text)[0].body == "8BITMIME"


UNENDED = b"Subject: x\r\nno field\r\n\r\nbody\r\n"
MIME_ERROR = b"MIME-Error: message header was not terminated by empty line\r\n"


@pytest.mark.parametrize(("action", "added"), [("fix_quietly", b""), ("add_header", MIME_ERROR)])
def test_a_header_without_an_end_gets_one(action: str, added: bytes) -> None:
    parameter = {"non_empty_end_of_header_action": action}
    _, content = stored(envelope(), UNENDED, **parameter)
    assert without_received(content) == UNENDED.replace(b"no field", added + b"\r\nno field")
    assert without_received(stored(envelope(), MESSAGE, **parameter)[1]) == MESSAGE


def test_a_header_without_an_end_can_be_refused() -> None:
    text = "primary header was terminated with non-empty line"
    refuses = {"non_empty_end_of_header_action": "reject"}
    answer, here = submit(envelope(), UNENDED, **refuses)
    assert answer == Refused(550, "5.6.0", text, logged=True)
    assert here.journal.lines == [
        f"{ID}: reject: mime-error {text}: no field from client.example[192.0.2.1]; "
        "from=<a@one.example> to=<b@two.example>",
        f"{ID}: removed (canceled)",
    ]
    for complete in (MESSAGE, b"Subject: x\r\n", b"\r\nbody\r\n", b""):
        assert submit(envelope(), complete, **refuses)[0] == Queued(ID)


def test_a_resent_message_gets_resent_fields() -> None:
    text = b"From: x@y\r\nResent-To: b\r\n\r\n"
    _, content = stored(local(), text)
    assert b"\r\nResent-Message-Id: <" in content
    assert b"\r\nResent-From: a@one.example\r\n" in content
    assert b"\r\nMessage-Id:" not in content


@pytest.mark.parametrize(
    "wanted",
    [{"always_add_missing_headers": True}, {"remote_header_rewrite_domain": "domain.invalid"}],
)
def test_missing_fields_of_strangers_are_added_only_if_wanted(wanted: dict[str, object]) -> None:
    _, content = stored(envelope(), b"\r\n", **wanted)
    assert b"\r\nMessage-Id: <" in content


def test_undisclosed_recipients_stand_where_none_are_named() -> None:
    text = "To: undisclosed-recipients:;"
    _, content = stored(local(), b"\r\n", undisclosed_recipients_header=text)
    assert text.encode() in content


def test_fields_that_are_nobodys_business_are_dropped() -> None:
    text = (
        b"Return-Path: <x@y>\r\nTo: b@two.example\r\nBCC: secret@x,\r\n more@y\r\n"
        b"Content-Length: 5\r\nX: y\r\n\r\nBcc: stays\r\n"
    )
    _, content = stored(envelope(), text)
    assert without_received(content) == b"To: b@two.example\r\nX: y\r\n\r\nBcc: stays\r\n"


def test_no_blank_stays_between_a_name_and_its_colon() -> None:
    """Mail filters sign what they are told, which has none; whoever verifies sees what is sent."""
    content = b"Subject \t: a : b\r\nX-Y :\r\n\tz\r\nTo: c :d\r\n\r\nX : y\r\n"
    _, kept = stored(envelope(), content)
    assert without_received(kept) == b"Subject: a : b\r\nX-Y:\r\n\tz\r\nTo: c :d\r\n\r\nX : y\r\n"


def test_a_body_that_begins_without_empty_line_is_set_off() -> None:
    _, content = stored(envelope(), b"A: b\r\nno field\r\n")
    assert without_received(content) == b"A: b\r\n\r\nno field\r\n"


CUT = [
    # 100 from the name on, where the end of a line is one: as Postfix counts.
    (b"A: " + b"x" * 500, b"A: " + b"x" * 97),
    (b"A: " + b"x" * 97, b"A: " + b"x" * 97),
    (b"A: " + b"x" * 97 + b"\r\n y", b"A: " + b"x" * 97),
    (b"A: " + b"x" * 96 + b"\r\n y", b"A: " + b"x" * 96),
    (b"A: " + b"x" * 87 + b"\r\n " + b"y" * 90, b"A: " + b"x" * 87),
    (b"A: " + b"x" * 87 + b"\r\n " + b"y" * 8, b"A: " + b"x" * 87 + b"\r\n " + b"y" * 8),
    (
        b"A: " + b"x" * 87 + b"\r\n " + b"y" * 8 + b"\r\n z",
        b"A: " + b"x" * 87 + b"\r\n " + b"y" * 8,
    ),
    (b"A: " + b"x" * 86 + b"\r\n " + b"y" * 90, b"A: " + b"x" * 86 + b"\r\n " + b"y" * 9),
    (b"A:" + b"\r\n 345678" * 20, b"A:" + b"\r\n 345678" * 12),
    (b"A" * 120 + b" : x", b"A" * 120 + b":"),
]


@pytest.mark.parametrize(("field", "left"), CUT, ids=range(len(CUT)))
def test_an_overlong_field_is_cut(field: bytes, left: bytes) -> None:
    text = b"Y: z\r\n" + field + b"\r\nB: c\r\n\r\nbody\r\n"
    for checks in ((), ("regexp:{{/^Z:/ IGNORE}}",)):
        _, content = stored(envelope(), text, header_size_limit=100, header_checks=checks)
        expected = b"Y: z\r\n" + left + b"\r\nB: c\r\n\r\nbody\r\n"
        assert without_received(content) == expected


def test_what_is_cut_off_nobody_sees() -> None:
    text = b"X: " + b"\r\n x" * 40 + b"\r\n secret\r\n\r\n"
    table = r"regexp:{{/^(X:[^s]*)$/ REPLACE $1}}"
    _, content = stored(envelope(), text, header_size_limit=100, header_checks=(table,))
    assert without_received(content).startswith(b"X: \r\n x\r\n x")
    assert b"secret" not in content


def test_fields_of_parts_are_cut_where_parts_are_looked_at() -> None:
    start = b"Content-Type: multipart/x; boundary=A\r\n\r\n--A\r\n"
    text = start + b"X: " + b"x" * 200 + b"\r\nY: z\r\n\r\nbody\r\n--A--\r\n"
    checks = {"mime_header_checks": ("regexp:{{/^Z:/ IGNORE}}",)}
    _, content = stored(envelope(), text, header_size_limit=100, **checks)
    cut = b"X: " + b"x" * 97 + b"\r\nY: z\r\n\r\nbody\r\n--A--\r\n"
    assert without_received(content) == start + cut


def test_a_line_of_any_length_comes_through() -> None:
    text = b"A: b\r\n\r\n" + b"x" * 60_000 + b"\r\n"
    _, content = stored(envelope(), text)
    assert without_received(content) == text


def test_headers_of_local_mail_are_put_in_form() -> None:
    text = b'From: "J" <joe> (x)\r\nTo: ann,\r\n bob@b.example, g: carl;\r\nX-To: dave\r\n\r\n'
    _, content = stored(local(), text)
    assert (
        b'From: "J" <joe@host.example> (x)\r\nTo: ann@host.example,\r\n bob@b.example, '
        b"g: carl@host.example;\r\nX-To: dave\r\n" in content
    )


def test_headers_of_strangers_stay_unless_a_domain_is_set() -> None:
    text = b"To: ann\r\n\r\n"
    _, content = stored(envelope(), text)
    assert without_received(content) == text
    _, content = stored(envelope(), text, remote_header_rewrite_domain="remote.invalid")
    assert without_received(content).startswith(b"To: ann@remote.invalid\r\n")


def test_bytes_that_are_no_text_survive_in_a_rewritten_header() -> None:
    _, content = stored(local(), b"To: \xff <ann>, \xfe@x\r\n\r\n")
    assert b"To: \xff <ann@host.example>, \xfe@x\r\n" in content


def test_too_many_hops_are_refused() -> None:
    text = b"Received: x\r\n" * 49 + b"\r\n"
    answer, here = submit(envelope(), text)
    assert answer == Refused(554, "5.4.0", "Error: too many hops")
    assert here.journal.lines[0].startswith(f"{ID}: reject: content from client.example[192.0.2.1]")
    answer, _ = submit(envelope(), text[13:])
    assert answer == Queued(ID)


def test_a_header_with_too_many_addresses_is_put_in_form_up_to_the_limit() -> None:
    text = b"To: " + b"ann," * 10_000 + b"\r\n\r\n"
    _, content = stored(local(), text, header_address_token_limit=8)
    assert content.count(b"ann@host.example,") == 3
    assert content.count(b"ann") == 10_000


def test_a_route_is_taken_off_an_address() -> None:
    """RFC 5322 section 4.4: it is to be ignored; kept, it would lead the next host astray."""
    _, content = stored(
        local(), b"From: joe\r\nTo: A <@one.example,@two.example:b@x.example>, c@y.example\r\n\r\n"
    )
    assert b"To: A <b@x.example>, c@y.example\r\n" in content
