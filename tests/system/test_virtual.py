"""Mailboxes that belong to no user of the machine: tables name file, uid and gid."""

from system.dialogue import send
from system.mailer import Mailer

BOXES = """\
zoe@boxes.test     boxes.test/zoe/
Max@boxes.test     boxes.test/max
@all.test          all.test/everybody/
odd@boxes.test     ../../etc/odd
"""


def boxes(mail: Mailer, **parameters: str) -> None:
    mail.machine.sh(
        "rm -rf /srv/vmail; mkdir -p /srv/vmail/boxes.test /srv/vmail/all.test;"
        "chown -R 5000:5000 /srv/vmail"
    )
    mail.postmap("/etc/postroom/boxes", BOXES)
    mail.set(
        virtual_mailbox_domains="boxes.test, all.test",
        virtual_mailbox_maps="hash:/etc/postroom/boxes",
        virtual_mailbox_base="/srv/vmail",
        virtual_uid_maps="inline:{@boxes.test=5000, @all.test=5000}",
        virtual_gid_maps="static:5000",
        recipient_delimiter="+",
        **parameters,
    )


def write(mail: Mailer, *recipients: str, text: str = "Subject: hi\n\nFrom me\n") -> str:
    return send(mail.machine.connect(), "sender@example.net", list(recipients), text)


def test_mail_is_in_the_mailbox_and_the_mailbox_its_owner_s(mail: Mailer) -> None:
    boxes(mail)
    queue_id = write(mail, "Zoe+x@boxes.test", "max@boxes.test", "anybody@all.test")
    for address, what in (
        ("Zoe.x@boxes", "maildir"),
        ("max@boxes", "mailbox"),
        ("anybody@", "maildir"),
    ):
        mail.wait_for_log(f"{queue_id}: to=<{address}.*relay=virtual.*sent .delivered to {what}")
    found = mail.machine.sh("cd /srv/vmail; find . -type f -printf '%U:%G %m %h\\n' | sort")
    assert found.splitlines() == [
        "5000:5000 600 ./all.test/everybody/new",
        "5000:5000 600 ./boxes.test",
        "5000:5000 600 ./boxes.test/zoe/new",
    ]
    mbox = mail.machine.read("/srv/vmail/boxes.test/max")
    assert mbox.startswith("From sender@example.net  ")
    assert "Delivered-To: max@boxes.test\n" in mbox
    assert "\n>From me\n" in mbox


def test_a_full_mailbox_sends_mail_back_and_a_wrong_owner_keeps_it_waiting(mail: Mailer) -> None:
    boxes(mail, message_size_limit="5000", virtual_mailbox_limit="6000")
    large = "Subject: hi\n\n" + "x\n" * 1500
    first = write(mail, "max@boxes.test", text=large)
    mail.wait_for_log(f"{first}: .*status=sent")
    second = write(mail, "max@boxes.test", text=large)
    mail.wait_for_log(f"{second}: .*dsn=5.2.2, status=bounced")
    mail.machine.sh("rm -rf /srv/vmail/boxes.test/zoe; mkdir /srv/vmail/boxes.test/zoe")
    third = write(mail, "zoe@boxes.test")
    mail.wait_for_log(f"{third}: .*dsn=4.2.0, status=deferred .maildir delivery failed")


def test_no_entry_leads_out_of_the_base_or_to_a_uid_of_the_system(mail: Mailer) -> None:
    boxes(mail)
    queue_id = write(mail, "odd@boxes.test")
    mail.wait_for_log(f"{queue_id}: .*dsn=4.3.5, status=deferred")
    mail.wait_for_log("warning: mailbox ../../etc/odd leads out of virtual_mailbox_base")
    mail.set(virtual_uid_maps="static:33")
    queue_id = write(mail, "zoe@boxes.test")
    mail.wait_for_log(f"{queue_id}: .*dsn=4.3.5, status=deferred")
    mail.wait_for_log("warning: recipient zoe@boxes.test: bad uid or gid 33")
