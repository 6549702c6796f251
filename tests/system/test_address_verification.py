"""reject_unverified_recipient: a probe asks the next host, and its answer decides."""

from system.dialogue import talk
from system.mailer import Mailer

NOBODY = "nobody-here@example.net"
VISIT = """
S: 220
C: EHLO client.example.net
S: 250
C: MAIL FROM:<carol@example.org>
S: 250
C: RCPT TO:<{}>
S: {}
C: QUIT
S: 221
"""


def test_recipients_are_taken_that_the_next_host_would_take(mail: Mailer, peer: Mailer) -> None:
    assert peer.listens(25)
    mail.set(
        smtpd_recipient_restrictions="reject_unverified_recipient",
        unverified_recipient_reject_code="550",
        address_verify_poll_delay="1s",
        address_verify_poll_count="9",
    )
    machine = mail.machine
    talk(machine.connect(), VISIT.format("zoe@example.net", "250"))
    refusal = f"550 5.1.1 <{NOBODY}>: Recipient address rejected: undeliverable address: host"
    talk(machine.connect(), VISIT.format(NOBODY, refusal))
    line = mail.wait_for_log(r"postfix/smtp: .*to=<zoe@example.net>.*status=deliverable")
    assert "dsn=2." in line
    assert peer.mailbox("zoe") == []
    assert "is empty" in mail.queue()

    machine.run("systemctl", "stop", "postroom-verify")
    probes = len(_probes(mail))
    talk(machine.connect(), VISIT.format("zoe@example.net", "250"))
    assert len(_probes(mail)) == probes


def test_probes_ask_the_next_host_where_mail_takes_another_way(mail: Mailer, peer: Mailer) -> None:
    """One that no story before has asked for."""
    assert peer.listens(25)
    mail.set(
        relayhost="[10.77.0.2]:9",
        address_verify_relayhost="",
        smtpd_recipient_restrictions="reject_unverified_recipient",
        unverified_recipient_reject_code="550",
        address_verify_poll_delay="1s",
        address_verify_poll_count="30",
    )
    talk(mail.machine.connect(), VISIT.format("root@example.net", "250"))
    probe = mail.wait_for_log(r"postfix/smtp: .*to=<root@example.net>.*status=deliverable")
    assert "relay=mx.example.net" in probe
    mail.machine.run("sendmail", "root@example.net", user="alice", text="x\n")
    mail.wait_for_log(r"postfix/smtp: .*to=<root@example.net>, relay=none.*status=deferred")


def _probes(mail: Mailer) -> list[str]:
    return [line for line in mail.mail_log() if "eliverable" in line]
