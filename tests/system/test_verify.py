"""sendmail -bv and -v: what would become of the mail, or did, comes back in a report."""

import re
from email.message import Message

from system.mailer import Mailer

REPORT = "Mail Delivery Status Report"
ANNOUNCED = f"{REPORT} will be mailed to <alice>.\n"


def wait_for_report(mail: Mailer) -> tuple[str, list[Message]]:
    """Of alice's only mail: the text for people, and the groups for programs."""
    (report,) = mail.wait_for_mail("alice")
    assert report["Subject"] == REPORT
    assert report["Return-Path"] == "<>"
    assert report.get_param("report-type") == "delivery-status"
    notice, status, _ = report.get_payload()
    return " ".join(notice.get_payload().split()), status.get_payload()[1:]


def actions(groups: list[Message]) -> dict[str, str]:
    return {one["Final-Recipient"].split("; ")[1]: one["Action"] for one in groups}


def test_a_user_an_alias_and_nobody_are_told_apart_and_nothing_is_delivered(mail: Mailer) -> None:
    mail.aliases('postmaster: root\nteam: bob, zoe@example.net, "|/bin/touch /var/tmp/ran"\n')
    mail.machine.write("/home/carol/.forward", "zoe@example.net\n")
    mail.machine.run("chown", "carol:", "/home/carol/.forward")
    said = mail.machine.run(
        *("sendmail", "-bv", "bob", "team", "carol", "nobody-here"), user="alice"
    )
    assert said == ANNOUNCED
    text, groups = wait_for_report(mail)
    assert (
        "<bob@example.org> (expanded from <bob>): delivery via local: delivers to mailbox" in text
    )
    assert "delivers to command: /bin/touch /var/tmp/ran" in text
    assert "(expanded from <carol>): delivery via local: forwards to zoe@example.net" in text
    assert 'delivery via local: unknown user: "nobody-here"' in text
    found = actions(groups)
    assert found["bob@example.org"] == found["zoe@example.net"] == "deliverable"
    assert found["nobody-here@example.org"] == "undeliverable"
    mail.wait_for_log(r"to=<bob@example\.org>.* status=deliverable \(delivers to mailbox\)")
    mail.wait_for_log(r'status=undeliverable \(unknown user: "nobody-here"\)')
    mail.wait_for_empty_queue()
    assert mail.mailbox("bob") == mail.mailbox("carol") == []
    assert not mail.machine.path("/var/tmp/ran").exists()


def test_the_other_host_is_asked_about_its_users_and_gets_no_message(
    mail: Mailer, peer: Mailer
) -> None:
    mail.machine.run("sendmail", "-bv", "zoe@example.net", "not-here@example.net", user="alice")
    text, groups = wait_for_report(mail)
    relay = r"delivery via mx\.example\.net\[[^]]*\]:25: "
    assert re.search(rf"<zoe@example\.net>: {relay}250 2\.1\.5 Ok", text)
    assert re.search(rf"<not-here@example\.net>: {relay}host mx\.example\.net", text)
    assert actions(groups) == {
        "zoe@example.net": "deliverable",
        "not-here@example.net": "undeliverable",
    }
    assert {one["Diagnostic-Code"].split()[1] for one in groups} == {"250", "550"}
    mail.wait_for_log(r"postfix/smtp: .*status=deliverable \(250 2\.1\.5 Ok\)$")
    mail.wait_for_empty_queue()
    peer.wait_for_log("disconnect from .* ehlo=1 mail=1 rcpt=1/2 quit=1 commands=4/5$")
    assert peer.mailbox("zoe") == []


def test_who_cannot_be_reached_now_is_undeliverable_and_not_tried_again(mail: Mailer) -> None:
    mail.machine.run("sendmail", "-bv", "x@[10.77.0.99]", user="alice")
    _, (about,) = wait_for_report(mail)
    assert about["Action"] == "undeliverable"
    assert about["Status"].startswith("4.")
    mail.wait_for_empty_queue()


def test_v_delivers_and_reports(mail: Mailer, peer: Mailer) -> None:
    letter = "To: bob, zoe@example.net\nSubject: seen\n\nwords\n"
    assert mail.machine.run("sendmail", "-v", "-t", user="alice", text=letter) == ANNOUNCED
    text, groups = wait_for_report(mail)
    assert "delivery via local: delivered to mailbox" in text
    assert actions(groups) == {"bob@example.org": "delivered", "zoe@example.net": "relayed"}
    for message in (*mail.wait_for_mail("bob"), *peer.wait_for_mail("zoe")):
        assert message["Subject"] == "seen"
    mail.wait_for_empty_queue()
