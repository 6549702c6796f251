"""What senders and the postmaster are told, read by Python's own mail parser."""

from email.message import Message
from typing import Any

from system.dialogue import talk
from system.mailer import Mailer

FAILURE = "Undelivered Mail Returned to Sender"
SUCCESS = "Successful Mail Delivery Report"
DELAY = "Delayed Mail (still being retried)"


def send(
    mail: Mailer, recipients: str, sender: str = "alice@example.org", options: str = ""
) -> str:
    """Send one message by SMTP; each line of ``recipients`` is an address and its parameters."""
    script = (
        f"S: 220\nC: EHLO client.example.net\nS: 250\nC: MAIL FROM:<{sender}> {options}\nS: 250\n"
    )
    for line in recipients.strip().splitlines():
        address, _, parameters = line.strip().partition(" ")
        script += f"C: RCPT TO:<{address}> {parameters}\nS: 250\n"
    script += "C: DATA\nS: 354\nC: Subject: hi\nC:\nC: the body\nC: .\nS: 250\nC: QUIT\nS: 221\n"
    return talk(mail.machine.connect(), script).queue_id


class Report:
    """A multipart/report taken to pieces."""

    def __init__(self, message: Message) -> None:
        self.message = message
        assert message.get_content_type() == "multipart/report"
        assert message.get_param("report-type") == "delivery-status"
        parts: Any = message.get_payload()
        assert len(parts) == 3
        notice, status, self.original = parts
        assert notice.get_content_type() == "text/plain"
        assert status.get_content_type() == "message/delivery-status"
        self.text = " ".join(notice.get_payload().split())
        self.about_message, *self.about = status.get_payload()
        self.by_address = {one["Final-Recipient"].split("; ")[1]: one for one in self.about}


def reports(mail: Mailer, user: str, subject: str, count: int = 1) -> list[Report]:
    def look() -> list[Message]:
        found = [one for one in mail.mailbox(user) if one["Subject"] == subject]
        return found if len(found) >= count else []

    return [Report(one) for one in mail.machine.wait_for(f"{subject} for {user}", look, 40)]


def test_a_failure_at_another_host_is_told_with_all_that_was_asked_for(
    mail: Mailer, peer: Mailer
) -> None:
    queue_id = send(
        mail,
        "not-here@example.net NOTIFY=FAILURE,DELAY ORCPT=rfc822;Old+2BName@example.org",
        options="RET=HDRS ENVID=order+207",
    )
    (report,) = reports(mail, "alice", FAILURE)
    assert report.message["Return-Path"] == "<>"
    assert report.message["Auto-Submitted"] == "auto-replied"
    message, (about,) = report.about_message, report.about
    assert message["Reporting-MTA"] == "dns; mail.example.org"
    assert message["Original-Envelope-Id"] == "order 7"
    assert message["X-Postroom-Queue-ID"] == queue_id
    assert message["X-Postroom-Sender"] == "rfc822; alice@example.org"
    assert about["Final-Recipient"] == "rfc822; not-here@example.net"
    assert about["Original-Recipient"] == "rfc822;Old+Name@example.org"
    assert (about["Action"], about["Status"]) == ("failed", "5.1.1")
    assert about["Remote-MTA"] == "dns; mx.example.net"
    assert about["Diagnostic-Code"].startswith("smtp; 550 5.1.1 <not-here@example.net>")
    assert "<not-here@example.net>: host mx.example.net" in report.text
    assert report.original.get_content_type() == "text/rfc822-headers"
    returned = report.original.get_payload()
    assert returned.startswith("Return-Path: <alice@example.org>\n")
    assert "Subject: hi" in returned
    assert "the body" not in returned
    mail.wait_for_log(f"{queue_id}: sender non-delivery notification: ")


def test_the_whole_message_comes_back_unless_it_is_too_large(mail: Mailer) -> None:
    send(mail, "not-here@nowhere.invalid")
    (report,) = reports(mail, "alice", FAILURE)
    (returned,) = report.original.get_payload()
    assert (returned["Return-Path"], returned["Subject"]) == ("<alice@example.org>", "hi")
    assert returned.get_payload() == "the body\n"
    mail.set(bounce_size_limit="10")
    send(mail, "not-here@nowhere.invalid")
    report = reports(mail, "alice", FAILURE, 2)[1]
    assert report.original.get_content_type() == "text/rfc822-headers"


def test_success_is_told_of_mailboxes_and_lists_of_ours(mail: Mailer) -> None:
    mail.aliases("team: bob, carol\nlist: bob\nowner-list: carol\n")
    mail.set(virtual_alias_maps="inline:{sales@example.org=bob@example.org}")
    names = ("bob", "team", "list", "sales")
    queue_id = send(mail, "\n".join(f"{one}@example.org NOTIFY=SUCCESS" for one in names))
    (report,) = reports(mail, "alice", SUCCESS)
    assert {address: about["Action"] for address, about in report.by_address.items()} == {
        "bob@example.org": "delivered",
        "team@example.org": "expanded",
        "list@example.org": "delivered",
        "sales@example.org": "expanded",
    }
    bob = report.by_address["bob@example.org"]
    assert bob["Diagnostic-Code"] == "X-Postroom; delivery via local: delivered to mailbox"
    mail.wait_for_log(f"{queue_id}: sender delivery status notification: ")
    mail.wait_for_empty_queue()
    assert len([one for one in mail.mailbox("alice") if one["Subject"] == SUCCESS]) == 1


def test_users_ask_for_reports_with_sendmail(mail: Mailer) -> None:
    options = ("-N", "success,failure", "-R", "hdrs", "-V", "order-8")
    whom = ("bob", "not-here@nowhere.invalid")
    mail.machine.run("sendmail", *options, *whom, user="alice", text="Subject: hi\n\nthe body\n")
    (success,) = reports(mail, "alice", SUCCESS)
    (failure,) = reports(mail, "alice", FAILURE)
    for report in (success, failure):
        assert report.about_message["Original-Envelope-Id"] == "order-8"
    assert success.by_address["bob@example.org"]["Original-Recipient"] == "rfc822;bob@example.org"
    assert failure.original.get_content_type() == "text/rfc822-headers"


def test_a_host_that_knows_dsn_tells_of_the_delivery_itself(mail: Mailer, peer: Mailer) -> None:
    send(mail, "zoe@example.net NOTIFY=SUCCESS ORCPT=rfc822;z@example.org", options="ENVID=e1")
    (report,) = reports(mail, "alice", SUCCESS)
    assert report.about_message["Reporting-MTA"] == "dns; mx.example.net"
    assert report.about_message["Original-Envelope-Id"] == "e1"
    (about,) = report.about
    assert (about["Action"], about["Original-Recipient"]) == ("delivered", "rfc822;z@example.org")
    mail.wait_for_empty_queue()
    assert len(mail.mailbox("alice")) == 1


def test_to_a_host_that_does_not_we_say_that_it_was_relayed(mail: Mailer, peer: Mailer) -> None:
    peer.set(smtpd_discard_ehlo_keywords="silent-discard, dsn")
    send(mail, "zoe@example.net NOTIFY=SUCCESS,DELAY", options="ENVID=e1 RET=FULL")
    (report,) = reports(mail, "alice", SUCCESS)
    assert report.about_message["Reporting-MTA"] == "dns; mail.example.org"
    (about,) = report.about
    assert (about["Action"], about["Status"]) == ("relayed", "2.0.0")
    assert about["Remote-MTA"] == "dns; mx.example.net"
    mail.wait_for_empty_queue()
    assert len(mail.mailbox("alice")) == 1


def test_with_dsn_switched_off_its_parameters_are_refused(mail: Mailer) -> None:
    mail.set(smtpd_discard_ehlo_keywords="dsn")
    said = talk(
        mail.machine.connect(),
        "S: 220\nC: EHLO client.example.net\nS: 250\n"
        "C: MAIL FROM:<a@example.net> RET=HDRS\nS: 501 5.7.1 DSN support is disabled\n"
        "C: MAIL FROM:<a@example.net>\nS: 250\n"
        "C: RCPT TO:<bob@example.org> NOTIFY=NEVER\nS: 501 5.7.1 DSN support is disabled\n"
        "C: QUIT\nS: 221\n",
    )
    assert "DSN" not in said.replies[1]


def test_the_sender_is_warned_of_a_delay_and_told_when_it_is_over(
    mail: Mailer, peer: Mailer
) -> None:
    mail.set(delay_warning_time="1s", confirm_delay_cleared="yes", notify_classes="delay")
    peer.machine.run("postroom", "stop")
    queue_id = send(mail, "zoe@example.net\nnever@example.net NOTIFY=NEVER")
    (warning,) = reports(mail, "alice", DELAY)
    (about,) = warning.about
    assert about["Final-Recipient"] == "rfc822; zoe@example.net"
    assert about["Action"] == "delayed"
    assert about["Will-Retry-Until"]
    mail.wait_for_log(f"{queue_id}: sender delay notification: ")
    mail.wait_for_log(f"{queue_id}: postmaster delay notification: ")
    peer.machine.run("postroom", "start")
    (over,) = reports(mail, "alice", SUCCESS)
    assert list(over.by_address) == ["zoe@example.net"]
    mail.wait_for_empty_queue(60)
    assert [one["Subject"] for one in mail.mailbox("alice")] == [DELAY, SUCCESS]


TEMPLATES = """\
# Templates of one's own.
failure_template = <<END
Charset: utf-8
From: Robot <robot@example.org>
Subject: Gone wrong

Sorry, says $myhostname of ${mydomain}. It costs $$5. Grüße
END

delay_template = <<END
Bogus: header

text
END
"""


def test_templates_of_ones_own_are_used_where_they_are_sound(mail: Mailer) -> None:
    mail.machine.write("/etc/postroom/bounce.cf", TEMPLATES)
    mail.set(bounce_template_file="/etc/postroom/bounce.cf")
    send(mail, "not-here@nowhere.invalid")
    (report,) = reports(mail, "alice", "Gone wrong")
    assert report.message["From"] == "Robot <robot@example.org>"
    notice: Any = report.message.get_payload(0)
    text = notice.get_payload(decode=True).decode()
    assert text.startswith("Sorry, says mail.example.org of example.org. It costs $5. Grüße\n")
    mail.wait_for_log('postfix/bounce: warning: /etc/postroom/bounce.cf: unknown "Bogus" header')
    checked = mail.machine.attempt("postroom", "check")
    assert 'unknown "Bogus" header' in checked.stdout + checked.stderr
    shown = mail.machine.run("postconf", "-b")
    assert shown.startswith("expanded_failure_text = <<EOF\nSorry, says mail.example.org")


def test_the_postmaster_gets_copies_and_transcripts_if_he_wants_them(mail: Mailer) -> None:
    mail.aliases("postmaster: carol\nbounces: bob\n")
    mail.set(notify_classes="bounce, protocol", bounce_notice_recipient="bounces")
    queue_id = send(mail, "not-here@nowhere.invalid NOTIFY=NEVER")
    mail.wait_for_log(f"{queue_id}: postmaster non-delivery notification: ")
    (copy,) = reports(mail, "bob", "Postmaster Copy: Undelivered Mail")
    assert copy.message["Return-Path"] == "<double-bounce@mail.example.org>"
    assert copy.original.get_content_type() == "text/rfc822-headers"
    assert mail.mailbox("alice") == []

    talk(
        mail.machine.connect(),
        "S: 220\nC: EHLO client.example.net\nS: 250\nC: NONSENSE\nS: 500\nC: QUIT\nS: 221\n",
    )
    (notice,) = mail.wait_for_mail("carol")
    assert notice["Subject"].startswith("Postroom SMTP server: errors from ")
    assert " In:  NONSENSE\n Out: 500 5.5.2 " in notice.get_payload()


def test_what_cannot_be_returned_goes_to_the_postmaster_and_no_further(mail: Mailer) -> None:
    mail.aliases("postmaster: carol\n")
    mail.set(notify_classes="2bounce")
    queue_id = send(mail, "not-here@nowhere.invalid", sender="")
    (report,) = reports(mail, "carol", "Postmaster Copy: Undelivered Mail")
    assert report.about_message["X-Postroom-Sender"] == "rfc822; MAILER-DAEMON@example.org"
    (returned,) = report.original.get_payload()
    assert returned.get_payload() == "the body\n"
    mail.wait_for_log(f"{queue_id}: postmaster non-delivery notification: ")

    mail.set(**{"2bounce_notice_recipient": "postmaster@nowhere.invalid"})
    send(mail, "not-here@nowhere.invalid", sender="")
    mail.wait_for_log("warning: .*: undeliverable postmaster notification discarded")
    mail.wait_for_empty_queue()

    queue_id = send(mail, "double-bounce@example.org", sender="")
    mail.wait_for_log(f"{queue_id}: .*sent .undeliverable postmaster notification discarded")

    mail.set(notify_classes="")
    queue_id = send(mail, "not-here@nowhere.invalid", sender="")
    mail.wait_for_log(f"{queue_id}: removed")


def test_with_soft_bounce_nothing_is_refused_or_returned_for_good(mail: Mailer) -> None:
    mail.aliases("broken: nobody-here\n")
    mail.set(soft_bounce="yes")
    talk(
        mail.machine.connect(),
        "S: 220\nC: EHLO client.example.net\nS: 250\nC: MAIL FROM:<alice@example.org>\nS: 250\n"
        "C: RCPT TO:<nobody-here@example.org>\nS: 450 4.1.1\nC: NONSENSE\nS: 400 4.5.2\n"
        "C: QUIT\nS: 221\n",
    )
    queue_id = send(mail, "broken@example.org\nnot-here@nowhere.invalid")
    mail.wait_for_log(f"{queue_id}: to=<nobody-here@example.org>.*dsn=4.1.1, status=SOFTBOUNCE")
    mail.wait_for_log(f"{queue_id}: to=<not-here@nowhere.invalid>.*dsn=4.4.4, status=SOFTBOUNCE")
    assert queue_id in mail.queue()
    assert mail.mailbox("alice") == []


def test_members_of_a_list_that_fail_are_told_to_its_owner(mail: Mailer) -> None:
    mail.aliases("list: bob, nobody-here\nowner-list: carol\nteam: bob, nobody-here\n")
    send(mail, "list@example.org\nteam@example.org")
    (owner,) = reports(mail, "carol", FAILURE)
    (sender,) = reports(mail, "alice", FAILURE)
    # A list with an owner writes to its members itself (test_local_like_postfix).
    for report, expanded in ((owner, ""), (sender, " (expanded from <team@example.org>)")):
        assert list(report.by_address) == ["nobody-here@example.org"]
        assert f"<nobody-here@example.org>{expanded}: unknown user" in report.text


def test_a_report_on_a_message_beyond_ascii_has_the_types_of_rfc_6533(mail: Mailer) -> None:
    queue_id = send(mail, "jürgen@nowhere.invalid", options="SMTPUTF8")
    mail.wait_for_log(f"{queue_id}: sender non-delivery notification: ")
    (message,) = mail.wait_for_mail("alice")
    parts: Any = message.get_payload()
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "message/global-delivery-status",
        "message/global",
    ]
    status = parts[1].as_bytes()
    assert "Final-Recipient: utf-8; jürgen@nowhere.invalid".encode() in status


def test_a_report_that_cleanup_refuses_is_not_lost_in_silence(mail: Mailer) -> None:
    """Here the report is too large even with nothing but the header in it."""
    mail.aliases("postmaster: carol\n")
    mail.set(message_size_limit="1000", bounce_size_limit="900")
    queue_id = send(mail, "not-here@nowhere.invalid")
    mail.wait_for_log(f"warning: {queue_id}: no notification to <alice@example.org>: 552 5.3.4 ")
    mail.wait_for_log(f"warning: {queue_id}: undeliverable notification discarded")
    mail.wait_for_log(f"{queue_id}: removed")
