"""A second cleanup for what comes over the network: cleanup_service_name, as filters have it."""

from system.dialogue import send
from system.mailer import MASTER_CF, Mailer


def test_each_service_hands_mail_to_the_cleanup_that_it_is_told(mail: Mailer) -> None:
    mail.set(virtual_alias_maps="inline:{bob@example.org=alice@example.org}")
    machine = mail.machine
    second = "pre-cleanup unix n - n - 0 cleanup\n  -o virtual_alias_maps=\n"
    machine.write(MASTER_CF, machine.read(MASTER_CF) + second)
    machine.run("postconf", "-P", "smtp/inet/cleanup_service_name=pre-cleanup")
    mail.reload()

    send(machine.connect(), "carol@example.org", "bob@example.org")
    mail.wait_for_mail("bob")
    machine.run("sendmail", "bob", text="Subject: aliases apply\n\nhello\n")
    (message,) = mail.wait_for_mail("alice")
    assert message["Subject"] == "aliases apply"
    assert len(mail.mailbox("bob")) == 1
