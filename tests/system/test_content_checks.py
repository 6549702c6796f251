"""Content checks on the way in and on the way out: what each sender and recipient sees of them."""

import pytest

from system.dialogue import send, talk
from system.mailer import Mailer

REJECTED = """
    S: 220
    C: EHLO client.example.net
    S: 250
    C: MAIL FROM:<sender@example.net>
    S: 250
    C: RCPT TO:<alice@example.org>
    S: 250
    C: DATA
    S: 354
    C: Subject: buy now
    C:
    C: hello
    C: .
    S: 550 5.7.1 not here
    C: QUIT
    S: 221
"""


@pytest.fixture
def checking(mail: Mailer) -> Mailer:
    machine = mail.machine
    machine.write("/etc/postroom/incoming", "/^Subject: buy/ REJECT not here\n/^X-Wait:/ HOLD\n")
    machine.write("/etc/postroom/outgoing", "/^Received:/ IGNORE\n/^X-Secret:/ STRIP\n")
    mail.set(
        header_checks="regexp:/etc/postroom/incoming",
        # The second one is for the library, which the sandbox lets in.
        body_checks="pcre:{{/^(secret: )\\d+/ REPLACE $$1***}, {/^card: \\K\\d+/ REPLACE ***}}",
        smtp_header_checks="regexp:/etc/postroom/outgoing",
    )
    return mail


def test_a_client_is_refused_and_a_local_user_gets_a_report(checking: Mailer) -> None:
    talk(checking.machine.connect(), REJECTED)
    checking.wait_for_log("reject: header Subject: buy now from .*: 5.7.1 not here")
    # Once: smtpd has nothing to add.
    assert not [line for line in checking.mail_log() if "reject: END-OF-MESSAGE" in line]
    checking.machine.run(
        "sendmail", "-f", "alice@example.org", "bob@example.org", text="Subject: buy now\n\nhello\n"
    )
    (report,) = checking.wait_for_mail("alice")
    assert report.get_content_type() == "multipart/report"
    text = report.as_string()
    assert "<bob@example.org>: not here" in text
    assert "Status: 5.7.1" in text
    assert checking.mailbox("bob") == []


def test_mail_is_held_and_changed_in_and_out(checking: Mailer, peer: Mailer) -> None:
    text = "X-Wait: yes\nX-Secret: x\nSubject: hi\n\nsecret: 123\ncard: 456\n"
    held = send(checking.machine.connect(), "alice@example.org", "zoe@example.net", text)
    checking.machine.wait_for("the held message", lambda: f"{held}!" in checking.queue())
    checking.machine.run("postsuper", "-H", held)
    (message,) = peer.wait_for_mail("zoe")
    assert len(message.get_all("Received")) == 1
    assert message["X-Secret"] is None
    assert message["X-Wait"] == "yes"
    assert message.get_payload() == "secret: ***\n***\n"
    checking.wait_for_log(f"{held}: strip: header X-Secret: x")
