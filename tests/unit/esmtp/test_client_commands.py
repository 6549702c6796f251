"""Commands carry only what the server said it understands."""

from postroom.esmtp.capabilities import Capabilities, capabilities
from postroom.esmtp.client_commands import mail_command, rcpt_command, xtext
from postroom.esmtp.reply_parser import PeerReply
from postroom.mail.envelope import Envelope, Notify, Recipient

_EVERYTHING = Capabilities(size=True, eight_bit_mime=True, smtputf8=True, dsn=True)
_ENVELOPE = Envelope(
    "jöhn doe@x.example", (), 0.0, body="8BITMIME", smtputf8=True, ret="HDRS", envid="a+b=c"
)
_RECIPIENT = Recipient("b@y.example", "o@y.example", (Notify.SUCCESS, Notify.DELAY))


def test_a_modern_server_gets_every_parameter() -> None:
    assert mail_command(_ENVELOPE, 99, _EVERYTHING).decode() == (
        'MAIL FROM:<"jöhn doe"@x.example> SIZE=99 BODY=8BITMIME SMTPUTF8 '
        "RET=HDRS ENVID=a+2Bb+3Dc\r\n"
    )
    assert rcpt_command(_RECIPIENT, _EVERYTHING) == (
        b"RCPT TO:<b@y.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o@y.example\r\n"
    )


def test_an_old_server_gets_none() -> None:
    assert mail_command(_ENVELOPE, 99, Capabilities()).endswith(b"@x.example>\r\n")
    assert rcpt_command(_RECIPIENT, Capabilities()) == b"RCPT TO:<b@y.example>\r\n"


def test_no_address_can_end_its_command() -> None:
    assert xtext("a b\r\n+=é") == "a+20b+0D+0A+2B+3D+C3+A9"


def test_capabilities_are_read_in_any_case_and_may_be_ignored() -> None:
    lines = ("mx.Example hello", "pipelining", "Size 1000", "AUTH PLAIN", "AUTH=LOGIN", "8bitmime")
    read = capabilities(PeerReply(250, lines), {"8BITMIME"})
    assert read.name == "mx.Example"
    assert read.pipelining
    assert read.size_limit == 1000
    assert read.auth == ("PLAIN", "LOGIN")
    assert not read.eight_bit_mime


def test_an_absurd_size_limit_is_no_limit() -> None:
    for text in ("1" * 5000, "-5", "x", "²"):
        assert capabilities(PeerReply(250, ("mx", f"SIZE {text}"))).size_limit == 0


def test_a_server_is_told_of_a_body_what_was_said_of_it() -> None:
    silent = Envelope("a@x.example", (), 0.0)
    assert mail_command(silent, 1, _EVERYTHING) == b"MAIL FROM:<a@x.example> SIZE=1\r\n"
    spoken = Envelope("a@x.example", (), 0.0, body="7BIT")
    assert mail_command(spoken, 1, _EVERYTHING).endswith(b" SIZE=1 BODY=7BIT\r\n")
