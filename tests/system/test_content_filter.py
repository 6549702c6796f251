"""A content filter behind the queue (FILTER_README): mail goes through it once, then on its way."""

from collections.abc import Iterator
from contextlib import contextmanager

from system.dialogue import send
from system.mailer import MASTER_CF, Mailer

# A filter as people write them: takes mail by SMTP, marks it, and hands it back by SMTP.
FILTER = """#!/usr/bin/python3
import smtplib, time
from aiosmtpd.controller import Controller

class Mark:
    async def handle_DATA(self, server, session, envelope):
        mark = "X-Scanned: for " + ",".join(envelope.rcpt_tos) + "\\r\\n"
        with smtplib.SMTP("127.0.0.1", 10026) as back:
            back.sendmail(
                envelope.mail_from, envelope.rcpt_tos, mark.encode() + envelope.original_content
            )
        return "250 2.0.0 Ok: scanned"

Controller(Mark(), hostname="127.0.0.1", port=10025).start()
time.sleep(3600)
"""
SERVICES = """
scan      unix  -       -       n       -       4       smtp
127.0.0.1:10026 inet n  -       n       -       -       smtpd
    -o content_filter=
    -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks
    -o smtpd_recipient_restrictions=permit_mynetworks,reject
"""


def with_filter(mail: Mailer, **parameters: str) -> None:
    machine = mail.machine
    machine.write("/usr/local/bin/mark", FILTER)
    machine.run("chmod", "755", "/usr/local/bin/mark")
    machine.write(MASTER_CF, machine.read(MASTER_CF) + SERVICES)
    mail.set(
        virtual_alias_maps="inline:{{list@example.org = alice, bob}}",
        receive_override_options="no_address_mappings",
        **parameters,
    )


@contextmanager
def running_filter(mail: Mailer) -> Iterator[None]:
    mail.machine.run("systemd-run", "-q", "--collect", "--unit=mark", "/usr/local/bin/mark")
    try:
        mail.machine.wait_for("filter", lambda: mail.listens(10025))
        yield
    finally:
        mail.machine.run("systemctl", "stop", "mark")


def test_all_mail_passes_the_filter_once_and_is_delivered(mail: Mailer) -> None:
    """Aliases are expanded behind the filter, so that it sees one message for the list."""
    with_filter(mail, content_filter="scan:[127.0.0.1]:10025")
    with running_filter(mail):
        first = send(mail.machine.connect(), "sender@example.net", "list@example.org")
        mail.wait_for_log(f"{first}: to=<list@example.org>, relay=127.0.0.1.*:10025, .*status=sent")
        for user in ("alice", "bob"):
            (message,) = mail.wait_for_mail(user)
            assert message.get_all("X-Scanned") == ["for list@example.org"]
            assert message["Delivered-To"] == f"{user}@example.org"
        # sendmail's mail is filtered too, and what we report of it is not.
        mail.machine.run("sendmail", "-f", "alice@example.org", "not-here@example.org", text="hi\n")
        report = mail.wait_for_mail("alice", 2)[1]
        assert report["Subject"] == "Undelivered Mail Returned to Sender"
        assert report["X-Scanned"] is None
        assert "X-Scanned: for not-here@example.org" in report.as_string()
        mail.wait_for_empty_queue()


def test_mail_waits_while_the_filter_is_away(mail: Mailer) -> None:
    """It is written down where the message is to go, not only known to the process."""
    with_filter(mail, content_filter="scan:[127.0.0.1]:10025")
    first = send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_log(f"{first}: to=<alice@example.org>, .*status=deferred")
    mail.machine.run("systemctl", "restart", "postroom-qmgr")
    with running_filter(mail):
        mail.machine.run("postqueue", "-f")
        (message,) = mail.wait_for_mail("alice")
        assert message.get_all("X-Scanned") == ["for alice@example.org"]


def test_access_tables_send_mail_to_the_filter_or_hold_it(mail: Mailer) -> None:
    table = "{{alice@example.org = FILTER scan:[127.0.0.1]:10025}, {bob@example.org = HOLD}}"
    with_filter(mail, smtpd_recipient_restrictions=f"check_recipient_access inline:{table}, permit")
    connect = mail.machine.connect
    with running_filter(mail):
        send(connect(), "sender@example.net", "alice@example.org")
        (message,) = mail.wait_for_mail("alice")
        assert message["X-Scanned"] == "for alice@example.org"
    held = send(connect(), "sender@example.net", "bob@example.org")
    mail.machine.wait_for("the held message", lambda: f"{held}!" in mail.queue())
    mail.machine.run("postsuper", "-H", held)
    (message,) = mail.wait_for_mail("bob")
    assert message["X-Scanned"] is None
