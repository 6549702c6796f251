"""Nobody of that name lives here; the sender gets to know."""

import email.message

from system.dialogue import send, talk
from system.mailer import Mailer


def part(bounce: email.message.Message, kind: str) -> str:
    return next(each.as_string() for each in bounce.walk() if each.get_content_type() == kind)


def test_smtp_hears_of_an_unknown_user_before_the_content(mail: Mailer, peer: Mailer) -> None:
    talk(
        peer.machine.connect(address="10.77.0.1"),
        """
        S: 220
        C: EHLO mx.example.net
        S: 250
        C: MAIL FROM:<zoe@example.net>
        S: 250
        C: RCPT TO:<nobody-here@example.org>
        S: 550 5.1.1 <nobody-here@example.org>: Recipient address rejected: User unknown
        C: DATA
        S: 554 5.5.1 Error: no valid recipients
        C: QUIT
        S: 221
        """,
    )


def test_local_mail_for_an_unknown_user_bounces_to_its_sender(mail: Mailer) -> None:
    mail.machine.run("sendmail", "nobody-here", user="alice", text="Subject: lost\n\nwords\n")
    (bounce,) = mail.wait_for_mail("alice")
    assert bounce["Return-Path"] == "<>"
    assert bounce["From"] == "Mail Delivery System <MAILER-DAEMON@example.org>"
    assert bounce["Subject"] == "Undelivered Mail Returned to Sender"
    assert bounce.get_content_type() == "multipart/report"
    assert bounce.get_param("report-type") == "delivery-status"
    status = part(bounce, "message/delivery-status")
    assert "Final-Recipient: rfc822; nobody-here@example.org" in status
    assert "Action: failed" in status
    assert "Status: 5.1.1" in status
    assert "Subject: lost" in part(bounce, "message/rfc822")


def test_a_refusal_by_the_other_host_bounces_with_its_words(mail: Mailer, peer: Mailer) -> None:
    send(mail.machine.connect(), "alice@example.org", ["not-here@example.net", "zoe@example.net"])
    (bounce,) = mail.wait_for_mail("alice")
    status = part(bounce, "message/delivery-status")
    assert "Remote-MTA: dns; mx.example.net" in status
    assert "Diagnostic-Code: smtp; 550 5.1.1 <not-here@example.net>" in status
    assert "zoe@example.net" not in status
    peer.wait_for_mail("zoe")


def test_a_bounce_that_cannot_be_delivered_goes_to_the_postmaster_and_no_further(
    mail: Mailer,
) -> None:
    mail.aliases("postmaster: carol\n")
    mail.set(notify_classes="2bounce")
    send(mail.machine.connect(), "nobody-here@example.org", "not-here@nowhere.invalid")
    (report,) = mail.wait_for_mail("carol", seconds=25)
    assert report["Return-Path"] == "<double-bounce@mail.example.org>"
    mail.wait_for_empty_queue()
