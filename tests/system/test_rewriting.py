"""Addresses on their way through both hosts: official, without hosts, generic, and moved."""

from system.dialogue import talk
from system.mailer import Mailer

MESSAGE = "From: Alice <alice>\nTo: zoe@example.net, bob\nSubject: hi\n\nhello alice\n"


def test_others_see_generic_addresses_and_our_own_users_do_not(mail: Mailer, peer: Mailer) -> None:
    mail.postmap("/etc/postroom/canonical", "alice\talice@host.example.org\n")
    generic = "alice@example.org ali@provider.example\n@example.org @provider.example\n"
    mail.postmap("/etc/postroom/generic", generic)
    # Another table that the client for other hosts, which sees no files, has proxymap asked for.
    mail.machine.write("/etc/postroom/words", "/^(2[.0-9]+) 250 / $1 taken by the next host\n")
    mail.set(
        canonical_maps="hash:/etc/postroom/canonical",
        masquerade_domains="example.org",
        smtp_generic_maps="hash:/etc/postroom/generic",
        smtp_delivery_status_filter="regexp:/etc/postroom/words",
    )
    mail.machine.run("sendmail", "-t", user="alice", text=MESSAGE)
    (outside,) = peer.wait_for_mail("zoe")
    (inside,) = mail.wait_for_mail("bob")
    assert outside["From"] == "Alice <ali@provider.example>"
    assert outside["To"] == "zoe@example.net, bob@provider.example"
    assert outside["Return-Path"] == "<ali@provider.example>"
    assert inside["From"] == "Alice <alice@example.org>"
    assert inside["To"] == "zoe@example.net, bob@example.org"
    assert "to=<zoe@example.net>" in mail.wait_for_log(r"sent \(taken by the next host")


def test_a_caller_is_told_where_somebody_has_moved(mail: Mailer) -> None:
    mail.postmap("/etc/postroom/relocated", "carol@example.org\tcarol@example.net, since May\n")
    mail.set(relocated_maps="hash:/etc/postroom/relocated")
    talk(
        mail.machine.connect(),
        """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<x@example.net>
        S: 250
        C: RCPT TO:<carol@example.org>
        S: 550 5.1.6 <carol@example.org>: Recipient address rejected: User has moved to carol@
        C: QUIT
        S: 221
        """,
    )
    mail.machine.run("sendmail", "carol", user="alice", text="Subject: where are you?\n\n")
    (report,) = mail.wait_for_mail("alice")
    assert "User has moved to carol@example.net, since May" in report.as_string()
