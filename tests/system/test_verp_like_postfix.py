"""Variable return paths do the same as with Debian's Postfix, in a machine beside (VERP_README)."""

import mailbox
import re
from collections.abc import Mapping
from contextlib import closing
from email.message import Message
from typing import NamedTuple

import pytest

from machine import Machine
from system.comparison import assert_same_lines
from system.mailer import Mailer
from system.postfix import start_postfix
from system.sendmail_calls import VERP
from system.sink import RELAYHOST, sink
from system.submissions import PARAMETERS as ALL_WAITS
from system.submissions import compare, submissions

SINK = "/srv/sink"
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "example.org",
    "myorigin": "example.org",
    "mynetworks": "127.0.0.0/8",
    "inet_interfaces": "loopback-only",
    "mail_name": "Postfix",
    "default_transport": "smtp",
    "relayhost": RELAYHOST,
    "smtp_destination_recipient_limit": "50",
    "defer_transports": "",
    "transport_maps": "inline:{{bad.example=error:5.1.2 no such host}}",
    "virtual_alias_maps": "inline:{{team@example.org=nosuch1@example.org,nosuch2@example.org}}",
    "alias_maps": "",
    "local_recipient_maps": "",
    "recipient_delimiter": "+-",
    "home_mailbox": "",
    "notify_classes": "bounce",
    "bounce_notice_recipient": "carol",
    "smtpd_authorized_verp_clients": "127.0.0.1",
    "enable_long_queue_ids": "yes",
}
PEOPLE = (
    *("one@far.example", "two+x@far.example", "bob", "bob@example.org", "team@example.org"),
    *("nosuch", "x@bad.example", "NoSuch@example.org", '"a b"@far.example'),
)
DIALOGUE = (
    "EHLO x",
    "MAIL FROM:<a@example.org> XVERP=ab",
    "MAIL FROM:<a@example.org> XVERP=+",
    "MAIL FROM:<a@example.org> XVERP=+==",
    "MAIL FROM:<> XVERP",
    "MAIL FROM:<> XVERP=ab",
    "MAIL FROM:<alice@example.org> xverp=-=",
    "RCPT TO:<one@far.example>",
    "RCPT TO:<bob@example.org>",
    "RCPT TO:<nosuch@example.org> NOTIFY=FAILURE ORCPT=rfc822;other@example.org",
    "RCPT TO:<silent@example.org> NOTIFY=NEVER",
    "DATA",
    "Subject: spoken\r\n\r\nhello\r\n.",
    "QUIT",
)
# What changes with the time, and each mailer's own words.
_UNLIKE = re.compile(
    r"(?m)^(?:Arrival-Date|Date|X-Postfix-Queue-ID|Message-Id|Content-\S+): .*\n"
    r"|^Received: .*\n(?:[ \t].*\n)*|^--\S+\n|^This is the mail system(?s:.*?)\n +The mail system\n"
)


# As smtp-sink(1) writes it down.
_ENVELOPE = re.compile("(?m)^X-(?:Mail|Rcpt)-Args: (<.*?>)")


class Found(NamedTuple):
    """Whom the next host was told of, and what lies in the mailboxes."""

    relayed: list[str]
    delivered: list[str]
    reported: list[str]


def test_calls_that_ask_for_it_store_the_same_and_say_the_same(
    postfix: Machine, mail: Mailer
) -> None:
    parameters = ALL_WAITS | {"smtpd_authorized_verp_clients": "127.0.0.1"}
    mail.set(**parameters)
    start_postfix(postfix, parameters | {"enable_long_queue_ids": "yes"})
    outcomes = [submissions(machine, VERP, 2) for machine in (mail.machine, postfix)]
    compare(VERP, *outcomes)


@pytest.mark.parametrize(
    "setting",
    [
        {"disable_verp_bounces": "no", "default_verp_delimiters": "+="},
        {"disable_verp_bounces": "yes", "default_verp_delimiters": "-="},
    ],
    ids=["a report each", "one report"],
)
def test_each_copy_has_its_sender_and_each_failure_its_report(
    postfix: Machine, mail: Mailer, setting: Mapping[str, str]
) -> None:
    parameters = PARAMETERS | setting
    mail.set(**parameters)
    start_postfix(postfix, parameters)
    ours, theirs = (found(machine) for machine in (mail.machine, postfix))
    assert len(ours.relayed) == 4
    assert ours.delivered
    assert ours.reported
    for our, their in zip(ours, theirs, strict=True):
        assert_same_lines(our, their)


def test_clients_that_may_ask_for_it_are_told_the_same(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    ours, theirs = (spoken(machine) for machine in (mail.machine, postfix))
    assert "250-XVERP" in ours
    assert ours == theirs


def found(machine: Machine) -> Found:
    machine.sh(f"rm -rf /var/mail/* {SINK}; mkdir -m 777 {SINK}")
    with sink(machine, "-d", "%M.", directory=SINK):
        machine.run("sendmail", "-XV", "-f", "alice@example.org", "-oi", "--", *PEOPLE, text=LETTER)
        spoken(machine)
        machine.wait_for("empty queue", lambda: "Mail queue is empty" in machine.run("mailq"), 30)
    return Found(
        [" ".join(_ENVELOPE.findall(dump.read_text())) for dump in machine.path(SINK).iterdir()],
        [_delivery(message) for message in _mailbox(machine, "bob")],
        [_report(message) for user in ("alice", "carol") for message in _mailbox(machine, user)],
    )


LETTER = "Subject: typed\n\nhello\n"


def _delivery(message: Message) -> str:
    return f"{message['Subject']}: {message['Return-Path']} to {message['X-Original-To']}"


def _report(message: Message) -> str:
    """What is in it and does not change from day to day, whoever of many it names first."""
    head = [f"{name}: {message[name]}" for name in ("X-Original-To", "To", "Subject")]
    body = message.as_string().split("\n\n", 1)[1]
    return "\n\n".join([*head, *sorted(_UNLIKE.sub("", body).split("\n\n"))])


def _mailbox(machine: Machine, user: str) -> list[Message]:
    with closing(mailbox.mbox(machine.path(f"/var/mail/{user}"), create=False)) as box:
        return list(box)


def spoken(machine: Machine) -> str:
    said = []
    with machine.connect(25) as connection, connection.makefile("rb") as replies:
        for line in ("", *DIALOGUE):
            if line:
                connection.sendall(f"{line}\r\n".encode())
            while (reply := replies.readline().decode().rstrip())[3:4] == "-":
                said.append(reply)
            said.append(re.sub("queued as .*", "queued", reply))
    return "\n".join(said[1:])
