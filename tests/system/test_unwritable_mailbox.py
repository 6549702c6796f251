"""bob's mailbox is in nobody's hands: his mail waits with the reason, alice's does not."""

from system.dialogue import send
from system.mailer import Mailer


def test_mail_for_a_mailbox_of_somebody_else_waits_and_then_arrives(mail: Mailer) -> None:
    mail.machine.sh("touch /var/mail/bob; chown carol /var/mail/bob; chmod 600 /var/mail/bob")
    queue_id = send(
        mail.machine.connect(), "sender@example.net", ["alice@example.org", "bob@example.org"]
    )
    mail.wait_for_mail("alice")
    line = mail.wait_for_log(f"{queue_id}: to=<bob@example.org>.*status=deferred")
    assert "/var/mail/bob" in line
    # The queue manager hears of it at the same time.
    mail.machine.wait_for("the reason in mailq", lambda: "/var/mail/bob" in mail.queue())

    mail.machine.run("chown", "bob", "/var/mail/bob")
    mail.machine.run("postqueue", "-f")
    mail.machine.wait_for("bob's mail", lambda: "Subject: hi" in mail.machine.read("/var/mail/bob"))
    mail.wait_for_empty_queue()
    assert len(mail.mailbox("alice")) == 1


def test_a_mailbox_that_is_a_link_to_somewhere_is_not_followed(mail: Mailer) -> None:
    mail.machine.sh("ln -s /etc/passwd /var/mail/bob")
    before = mail.machine.read("/etc/passwd")
    queue_id = send(mail.machine.connect(), "sender@example.net", "bob@example.org")
    mail.wait_for_log(f"{queue_id}: to=<bob@example.org>.*status=(deferred|bounced)")
    assert mail.machine.read("/etc/passwd") == before


def test_a_held_dot_lock_is_waited_for(mail: Mailer) -> None:
    mail.set(deliver_lock_attempts="20", deliver_lock_delay="1s")
    mail.machine.sh("echo 1 > /var/mail/bob.lock")
    send(mail.machine.connect(), "sender@example.net", "bob@example.org")
    mail.wait_for_log("to=<alice|from=<sender@example.net>")
    assert mail.mailbox("bob") == []
    mail.machine.run("rm", "/var/mail/bob.lock")
    mail.wait_for_mail("bob", seconds=20)


def test_a_lock_that_is_kept_defers_and_a_forgotten_one_is_removed(mail: Mailer) -> None:
    mail.set(deliver_lock_attempts="2", deliver_lock_delay="1s")
    mail.machine.sh("echo 1 > /var/mail/bob.lock")
    queue_id = send(mail.machine.connect(), "sender@example.net", "bob@example.org")
    mail.wait_for_log(
        f"{queue_id}: .*=deferred .*unable to create lock file /var/mail/bob.lock: File exists"
    )
    mail.machine.sh("touch -d '-10 minutes' /var/mail/bob.lock; postqueue -f")
    mail.wait_for_mail("bob")


def test_a_maildir_is_made_and_used(mail: Mailer) -> None:
    mail.set(home_mailbox="Maildir/")
    send(mail.machine.connect(), "sender@example.net", "bob@example.org")
    (message,) = mail.wait_for_mail("bob")
    assert message["Delivered-To"] == "bob@example.org"
    assert mail.machine.run("stat", "-c", "%U %a", "/home/bob/Maildir").split() == ["bob", "700"]
