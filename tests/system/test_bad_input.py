"""Malformed addresses, NUL, lines without end: an answer to their maker, no harm to others."""

import contextlib

from system.dialogue import send, talk
from system.mailer import Mailer

SMUGGLED = (
    b"Subject: one\r\n\r\nfirst\n.\nMAIL FROM:<evil@example.net>\n"
    b"RCPT TO:<bob@example.org>\nDATA\nSubject: two\n\nsmuggled\n.\r\n\r\n.\r\n"
)


def test_malformed_addresses_are_refused_one_by_one(mail: Mailer) -> None:
    talk(
        mail.machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<sender@@example.net>
        S: 501 5.1.7 Bad sender address syntax
        C: MAIL FROM:<sender@example.net>
        S: 250
        C: RCPT TO:<alice@@example.org>
        S: 501 5.1.3 Bad recipient address syntax
        C: RCPT TO:
        S: 501 5.5.4 Syntax: RCPT TO:<address>
        C: RCPT TO:<alice@example.org>
        S: 250
        C: DATA
        S: 354
        C: Subject: still good
        C:
        C: .
        S: 250
        C: QUIT
        S: 221
        """,
    )
    mail.wait_for_mail("alice")


def test_sendmail_tells_that_it_got_no_recipient(mail: Mailer) -> None:
    done = mail.machine.attempt("sendmail", user="alice", text="Subject: x\n\nx\n")
    assert done.returncode != 0
    assert "recipient" in done.stderr.lower()


def test_a_nul_in_content_is_carried_and_one_in_a_command_is_not(mail: Mailer) -> None:
    talk(
        mail.machine.connect(),
        """
        S: 220
        C: EHLO client\0.example.net
        S: 5
        C: EHLO client.example.net
        S: 250
        C: QUIT
        S: 221
        """,
    )
    send(
        mail.machine.connect(), "sender@example.net", "alice@example.org", "Subject: nul\n\na\0b\n"
    )
    (message,) = mail.wait_for_mail("alice")
    assert message.get_payload() == "a\0b\n"


def test_a_line_of_a_megabyte_arrives_in_one_piece(mail: Mailer) -> None:
    line = "0123456789" * 100_000
    send(
        mail.machine.connect(),
        "sender@example.net",
        "alice@example.org",
        f"Subject: long\n\n{line}\n",
    )
    (message,) = mail.wait_for_mail("alice")
    assert message.get_payload() == f"{line}\n"


def test_an_over_long_command_is_refused_and_the_session_goes_on(mail: Mailer) -> None:
    words = "x" * 20_000
    talk(mail.machine.connect(), f"S: 220\nC: NOOP {words}\nS: 5\nC: NOOP\nS: 250\nC: QUIT\nS: 221")


def test_a_command_without_end_is_hung_up_on_and_the_next_client_served(mail: Mailer) -> None:
    endless = "x" * 1_000_000
    # The reply may be lost: we are still sending when the connection is cut.
    with contextlib.suppress(ConnectionError):
        talk(mail.machine.connect(), f"S: 220\nC: NOOP {endless}\nS: 421 4.7.0 Error: command line")
    talk(mail.machine.connect(), "S: 220\nC: NOOP\nS: 250\nC: QUIT\nS: 221")


def test_a_bare_newline_does_not_end_a_message(mail: Mailer) -> None:
    """SMTP smuggling (CVE-2023-51764): only CR LF dot CR LF is the end."""
    with mail.machine.connect() as connection, connection.makefile("rb") as replies:
        connection.sendall(b"HELO client.example.net\r\n")
        assert [replies.readline()[:3] for _ in range(2)] == [b"220", b"250"]
        for command in (b"MAIL FROM:<a@example.net>", b"RCPT TO:<alice@example.org>", b"DATA"):
            connection.sendall(command + b"\r\n")
            assert replies.readline()[:2] in {b"25", b"35"}
        connection.sendall(SMUGGLED)
        answer = replies.readline()
    assert answer.startswith((b"250", b"521", b"550")), answer
    mail.wait_for_empty_queue()
    assert mail.mailbox("bob") == []
    assert len(mail.mailbox("alice")) <= 1
