"""Mail for elsewhere finds its way by the DNS: MX by preference, then the next one."""

import re

from machine import Nameserver
from system.dialogue import send, talk
from system.mailer import Mailer


def test_mail_goes_to_the_host_the_mx_record_names(mail: Mailer, peer: Mailer) -> None:
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    (message,) = peer.wait_for_mail("zoe")
    hops = [re.findall(r"by (\S+) \(Postroom\)", hop) for hop in message.get_all("Received", [])]
    assert hops == [["mx.example.net"], ["mail.example.org"]]
    line = mail.wait_for_log(f"{queue_id}: to=<zoe@example.net>")
    assert "postfix/smtp: " in line
    assert "relay=mx.example.net[" in line
    assert "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as " in line


def test_a_dead_first_mx_is_passed_over(mail: Mailer, peer: Mailer, nameserver: Nameserver) -> None:
    nameserver.add(
        "two.example.net. MX 5 dead.example.net.",
        "two.example.net. MX 10 mx.example.net.",
        "dead.example.net. A 10.77.0.99",
    )
    peer.set(mydestination="$mydomain, two.example.net")
    send(mail.machine.connect(), "alice@example.org", "zoe@two.example.net")
    peer.wait_for_mail("zoe", seconds=25)


def test_a_host_without_mx_is_its_own_mail_exchanger(mail: Mailer, peer: Mailer) -> None:
    send(mail.machine.connect(), "alice@example.org", "zoe@mx.example.net")
    peer.wait_for_mail("zoe")


def test_a_domain_that_does_not_exist_comes_back_to_its_sender(mail: Mailer) -> None:
    send(mail.machine.connect(), "alice@example.org", "somebody@nowhere.invalid")
    (bounce,) = mail.wait_for_mail("alice")
    assert "Host or domain name not found" in " ".join(bounce.as_string().split())


def test_a_null_mx_comes_back_at_once(mail: Mailer, nameserver: Nameserver) -> None:
    nameserver.add("nomail.example.net. MX 0 .")
    send(mail.machine.connect(), "alice@example.org", "x@nomail.example.net")
    (bounce,) = mail.wait_for_mail("alice")
    assert "does not accept mail (nullMX)" in " ".join(bounce.as_string().split())


def test_relayhost_in_brackets_takes_everything_without_mx(mail: Mailer, peer: Mailer) -> None:
    mail.set(relayhost="[10.77.0.2]:25")
    peer.set(mydestination="$mydomain, elsewhere.invalid")
    send(mail.machine.connect(), "alice@example.org", "zoe@elsewhere.invalid")
    peer.wait_for_mail("zoe")


def test_a_domain_whose_best_mx_we_are_is_best_mx_transports(
    mail: Mailer, nameserver: Nameserver
) -> None:
    """The lines are Postfix's."""
    nameserver.add(
        "ours.example.net. MX 10 mail.example.org.",
        "ours.example.net. MX 20 mx.example.net.",
    )
    mail.set(best_mx_transport="local")
    whom = ["alice@ours.example.net", "nobody.such@ours.example.net"]
    queue_id = send(mail.machine.connect(), "bob@example.org", whom)
    (message,) = mail.wait_for_mail("alice")
    assert message["Delivered-To"] == "alice@ours.example.net"
    mail.wait_for_mail("bob")
    for address, status in zip(whom, ("sent", "bounced"), strict=True):
        passed = mail.wait_for_log(f"{queue_id}: passing <{address}> to transport=local$")
        assert passed.startswith("postfix/smtp: ")
        line = mail.wait_for_log(f"{queue_id}: to=<{address}>")
        assert line.startswith("postfix/local: ")
        assert f"status={status} " in line


def test_a_stranger_may_not_relay_through_us(mail: Mailer, peer: Mailer) -> None:
    talk(
        peer.machine.connect(address="10.77.0.1"),
        """
        S: 220
        C: EHLO mx.example.net
        S: 250
        C: MAIL FROM:<zoe@example.net>
        S: 250 2.1.0 Ok
        C: RCPT TO:<victim@elsewhere.invalid>
        S: 454 4.7.1 <victim@elsewhere.invalid>: Relay access denied
        C: RCPT TO:<alice@example.org>
        S: 250 2.1.5 Ok
        C: QUIT
        S: 221
        """,
    )
    line = mail.wait_for_log("Relay access denied")
    assert line.startswith(
        "postfix/smtpd: NOQUEUE: reject: RCPT from mx.example.net[10.77.0.2]: 454 "
    )
