"""Reports of mail whose addresses or header are not ASCII (RFC 6533)."""

from postroom.mail.envelope import Recipient
from unit.bounce.telling import question, tell


def test_eight_bit_originals_are_marked() -> None:
    told = tell(question(content=b"A: b\r\n\r\n\xfc\r\n"))
    assert told.queued[0][0].body == "8BITMIME"
    assert told.report["Content-Transfer-Encoding"] == "8bit"
    part = list(told.report.iter_parts())[2]
    assert part["Content-Transfer-Encoding"] == "8bit"


def test_addresses_beyond_ascii_use_the_types_of_rfc_6533() -> None:
    told = tell(question(recipient=Recipient("jürgen@bücher.example"), smtputf8=True))
    kinds = [part.get_content_type() for part in told.report.iter_parts()]
    assert kinds[1:] == ["message/global-delivery-status", "message/global"]
    assert "Final-Recipient: utf-8; jürgen@bücher.example".encode() in told.queued[0][1]


def test_a_header_beyond_ascii_alone_needs_the_types_of_rfc_6533() -> None:
    content = "Subject: grüße\r\n\r\nbody\r\n".encode()
    told = tell(question(content=content, smtputf8=True))
    assert told.queued[0][0].smtputf8
    kinds = [part.get_content_type() for part in told.report.iter_parts()]
    assert kinds[1:] == ["message/global-delivery-status", "message/global"]


def test_a_report_that_is_all_ascii_can_go_anywhere() -> None:
    assert not tell(question(smtputf8=True)).queued[0][0].smtputf8
