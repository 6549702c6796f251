"""People hand in their mail with a password, as they do to Postfix with Dovecot behind it."""

from system.dialogue import talk
from system.mailer import Mailer
from system.submission_service import PASSWORD, USER, offer_submission, start_dovecot


def swaks(
    mail: Mailer, *options: str, password: str = PASSWORD, to: str = "zoe@example.net"
) -> str:
    """What a mail program and our server said to each other."""
    done = mail.machine.attempt(
        *("swaks", "--server", "mail.example.org", "--from", USER, "--to", to),
        *("--auth-user", USER, "--auth-password", password, *options),
    )
    return done.stdout


def test_who_logs_in_sends_to_anywhere_by_every_port_and_mechanism(
    mail: Mailer, peer: Mailer
) -> None:
    offer_submission(mail)
    for options in (
        ("--port", "587", "--tls", "--auth", "PLAIN"),
        ("--port", "587", "--tls", "--auth", "CRAM-MD5"),
        ("--port", "465", "--tls-on-connect", "--auth", "LOGIN"),
    ):
        said = swaks(mail, *options)
        assert "235 2.7.0 Authentication successful" in said, said
        assert "250 2.0.0 Ok: queued as" in said, said
    messages = peer.wait_for_mail("zoe", 3)
    received = [" ".join(one.get_all("Received")[-1].split()) for one in messages]
    assert all("(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (" in one for one in received)
    assert all(f"(Authenticated sender: {USER})" in one for one in received)
    assert all("with ESMTPSA id" in one for one in received)
    assert mail.wait_for_log(
        rf"postfix/submission/smtpd: \w+: client=localhost\[.*\], sasl_method=CRAM-MD5, "
        rf"sasl_username={USER}$"
    )
    assert mail.wait_for_log(r"postfix/submissions/smtpd: \w+: client=.*, sasl_method=LOGIN, ")


def test_a_wrong_password_is_refused_and_the_log_line_is_the_one_that_is_looked_for(
    mail: Mailer,
) -> None:
    offer_submission(mail)
    said = swaks(mail, "--port", "587", "--tls", "--auth", "LOGIN", password="wrong")
    assert "535 5.7.8 Error: authentication failed: " in said
    mail.wait_for_log(
        r"postfix/submission/smtpd: warning: localhost\[\S+\]: SASL LOGIN authentication "
        rf"failed: \(reason unavailable\), sasl_username={USER}$"
    )
    talk(
        mail.machine.connect(port=587),
        "S: 220\nC: EHLO x\nS: 250\nC: MAIL FROM:<joe@example.org>\n"
        "S: 530 5.7.0 Must issue a STARTTLS command first\nC: AUTH PLAIN AAAA\n"
        "S: 530 5.7.0 Must issue a STARTTLS command first\nC: QUIT\nS: 221\n",
    )


def test_a_user_sends_as_himself_alone(mail: Mailer) -> None:
    offer_submission(
        mail,
        smtpd_sender_login_maps="inline:{{ alice@example.org = joe@example.org }}",
        smtpd_sender_restrictions="reject_sender_login_mismatch",
    )
    options = ("--port", "465", "--tls-on-connect", "--auth", "PLAIN")
    said = swaks(mail, *options, "--from", "alice@example.org", to="alice@example.org")
    assert "250 2.0.0 Ok: queued as" in said, said
    said = swaks(mail, *options, "--from", "bob@example.org", to="alice@example.org")
    assert (
        "553 5.7.1 <bob@example.org>: Sender address rejected: not owned by user joe@example.org"
    ) in said
    mail.wait_for_log(r"NOQUEUE: reject: RCPT from .* sasl_method=PLAIN sasl_username=joe@example")


def test_while_dovecot_is_away_people_are_asked_to_come_back_and_can_when_it_is(
    mail: Mailer,
) -> None:
    offer_submission(mail)
    mail.machine.run("systemctl", "stop", "passwords.service")
    said = swaks(mail, "--port", "587", "--tls", "--auth", "PLAIN", to="alice@example.org")
    assert "queued as" not in said
    mail.wait_for_log("warning: SASL: Connect to /var/spool/postfix/private/auth failed: ")
    start_dovecot(mail)
    mail.reload()
    mail.machine.run("systemctl", "stop", "postroom-smtpd@submission.service")
    said = swaks(mail, "--port", "587", "--tls", "--auth", "PLAIN", to="alice@example.org")
    assert "250 2.0.0 Ok: queued as" in said, said
