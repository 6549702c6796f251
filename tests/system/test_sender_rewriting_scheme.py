"""What is forwarded leaves with a sender of ours, by Debian's postsrsd; its bounces find back."""

from collections.abc import Iterator
from contextlib import contextmanager

from system.dialogue import send
from system.mailer import Mailer

# Where its package has it answer (tcp_table(5)).
FORWARD, REVERSE = 10001, 10002
CONFIGURATION = f"""
SRS_DOMAIN=example.org
SRS_SEPARATOR==
SRS_FORWARD_PORT={FORWARD}
SRS_REVERSE_PORT={REVERSE}
SRS_SECRET=/etc/postsrsd.secret
RUN_AS=postsrsd
CHROOT=/var/lib/postsrsd
"""


@contextmanager
def running_postsrsd(mail: Mailer) -> Iterator[None]:
    machine = mail.machine
    machine.run("apt-get", "install", "-y", "-q", "postsrsd")
    machine.write("/etc/default/postsrsd", CONFIGURATION)
    machine.run("systemctl", "restart", "postsrsd")
    try:
        machine.wait_for("postsrsd", lambda: mail.listens(FORWARD) and mail.listens(REVERSE))
        yield
    finally:
        machine.run("systemctl", "stop", "postsrsd")


def test_a_forwarded_message_gets_a_sender_of_ours_and_its_bounce_goes_to_the_true_one(
    mail: Mailer, peer: Mailer
) -> None:
    with running_postsrsd(mail):
        mail.set(
            virtual_alias_maps="inline:{friends@example.org=zoe@example.net}",
            sender_canonical_maps=f"tcp:localhost:{FORWARD}",
            sender_canonical_classes="envelope_sender",
            recipient_canonical_maps=f"tcp:localhost:{REVERSE}",
            recipient_canonical_classes="envelope_recipient, header_recipient",
            transport_maps="inline:{third.example=smtp:[10.77.0.2]}",
        )
        peer.set(mydestination="$mydomain, third.example")
        send(mail.machine.connect(), "zoe@third.example", "friends@example.org")
        (forwarded,) = peer.wait_for_mail("zoe")
        sender = forwarded["Return-Path"].strip("<>")
        assert sender.startswith("SRS0=")
        assert sender.endswith("=third.example=zoe@example.org")

        bounce = peer.machine.connect(address="10.77.0.1")
        send(bounce, "", sender, text="Subject: undeliverable\n\nsorry\n")
        _, returned = peer.wait_for_mail("zoe", count=2)
        assert returned["Subject"] == "undeliverable"
        assert returned["Delivered-To"] == "zoe@third.example"


def test_our_own_senders_stay_as_they_are(mail: Mailer, peer: Mailer) -> None:
    with running_postsrsd(mail):
        mail.set(
            sender_canonical_maps=f"tcp:localhost:{FORWARD}",
            sender_canonical_classes="envelope_sender",
        )
        mail.machine.run("sendmail", "zoe@example.net", user="alice", text="Subject: hi\n\nhi\n")
        (message,) = peer.wait_for_mail("zoe")
        assert message["Return-Path"] == "<alice@example.org>"
