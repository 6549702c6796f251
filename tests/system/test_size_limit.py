"""message_size_limit holds at every door."""

import pytest

from system.dialogue import talk
from system.mailer import Mailer


@pytest.fixture
def small(mail: Mailer) -> Mailer:
    mail.set(message_size_limit="20000")
    return mail


def test_a_declared_size_is_refused_at_mail(small: Mailer) -> None:
    spoken = talk(
        small.machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<a@example.net> SIZE=20001
        S: 552 5.3.4 Message size exceeds fixed limit
        C: MAIL FROM:<a@example.net> SIZE=20000
        S: 250
        C: QUIT
        S: 221
        """,
    )
    assert "SIZE 20000" in spoken.replies[1]


def test_an_undeclared_size_is_refused_at_the_end_of_data(small: Mailer) -> None:
    talk(
        small.machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<a@example.net>
        S: 250
        C: RCPT TO:<alice@example.org>
        S: 250
        C: DATA
        S: 354
        """
        + "C: "
        + "x" * 70
        + "\nC: "
        + "\nC: ".join(["y" * 70] * 400)
        + """
        C: .
        S: 552 5.3.4 Error: message file too big
        C: NOOP
        S: 250
        C: QUIT
        S: 221
        """,
    )
    assert small.mailbox("alice") == []
    small.wait_for_empty_queue()


def test_sendmail_says_that_a_message_is_too_big(small: Mailer) -> None:
    done = small.machine.attempt(
        "sendmail", "bob", user="alice", text="Subject: x\n\n" + "x\n" * 20000
    )
    assert done.returncode == 75
    assert "message file too big" in done.stderr.lower()


def test_a_message_of_some_megabytes_arrives_whole(mail: Mailer) -> None:
    line = "z" * 76
    mail.machine.run(
        "sendmail", "bob", user="alice", text="Subject: big\n\n" + f"{line}\n" * 100_000
    )
    (message,) = mail.wait_for_mail("bob", seconds=30)
    assert message.get_payload() == f"{line}\n" * 100_000
