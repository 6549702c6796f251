"""A message comes in by SMTP and ends in a mailbox; its id tells its whole way."""

from system.dialogue import talk
from system.mailer import Mailer

DIALOGUE = """
    S: 220 mail.example.org ESMTP
    C: EHLO client.example.net
    S: 250
    C: MAIL FROM:<sender@example.net> SIZE=200
    S: 250 2.1.0 Ok
    C: RCPT TO:<alice@example.org>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End data with <CR><LF>.<CR><LF>
    C: From: Sender <sender@example.net>
    C: To: alice@example.org
    C: Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=
    C:
    C: A line.
    C: ..a line that begins with a dot
    C: From the beginning of a line
    C: .
    S: 250 2.0.0 Ok: queued as
    C: QUIT
    S: 221 2.0.0 Bye
"""


def test_mail_that_comes_by_smtp_is_in_the_mailbox_as_it_was_sent(mail: Mailer) -> None:
    talk(mail.machine.connect(), DIALOGUE)
    (message,) = mail.wait_for_mail("alice")
    assert message["Return-Path"] == "<sender@example.net>"
    assert message["Delivered-To"] == "alice@example.org"
    assert message["X-Original-To"] == "alice@example.org"
    assert message["Subject"] == "=?utf-8?q?gr=C3=BC=C3=9Fe?="
    assert "from client.example.net (" in message["Received"]
    assert "by mail.example.org (" in message["Received"]
    assert message["Message-Id"].endswith("@mail.example.org>")
    assert message["Date"]
    assert message.get_payload() == (
        "A line.\n.a line that begins with a dot\n>From the beginning of a line\n"
    )


def test_the_mailbox_belongs_to_its_user_alone(mail: Mailer) -> None:
    talk(mail.machine.connect(), DIALOGUE)
    mail.wait_for_mail("alice")
    assert mail.machine.run("stat", "-c", "%U %a", "/var/mail/alice").split() == ["alice", "600"]


def test_the_journal_tells_a_messages_way_by_its_queue_id(mail: Mailer) -> None:
    queue_id = talk(mail.machine.connect(), DIALOGUE).queue_id
    mail.wait_for_log(f"{queue_id}: removed")
    records = mail.history(queue_id)
    told = [(record["SYSLOG_IDENTIFIER"], record["MESSAGE"]) for record in records]
    begins = [
        ("postfix/smtpd", f"{queue_id}: client="),
        ("postfix/cleanup", f"{queue_id}: message-id=<"),
        ("postfix/qmgr", f"{queue_id}: from=<sender@example.net>, size="),
        ("postfix/local", f"{queue_id}: to=<alice@example.org>, relay=local, delay="),
        ("postfix/qmgr", f"{queue_id}: removed"),
    ]
    assert [
        (program, text[: len(begin)])
        for (program, text), (_, begin) in zip(told, begins, strict=True)
    ] == begins
    delivery = records[3]
    assert delivery["STATUS"] == "sent"
    assert delivery["DSN"] == "2.0.0"
    assert delivery["RECIPIENT"] == "alice@example.org"
    assert delivery["MESSAGE"].endswith("status=sent (delivered to mailbox)")
