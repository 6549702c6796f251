"""Tables of addresses with odd results, or with none that can be had: mail goes where Debian's
Postfix sends it, its client hears the same, and so does the log."""

import re
from typing import NamedTuple

from machine import Machine
from system.comparison import assert_alike, field_by_field, timeless
from system.mailer import Mailer
from system.settled import await_settled

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydomain": "example.org",
    "mydestination": "localhost, example.org",
    "myorigin": "example.org",
    "mynetworks": "127.0.0.0/8",
    "mail_name": "Postfix",
    "notify_classes": "",
    "inet_interfaces": "loopback-only",
    "smtpd_reject_unlisted_recipient": "no",
    "defer_transports": "smtp, local",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
}
CONTENT = "From: s@x.example\nTo: bob@example.org, <t@x.example>\n\nbody\n"
FAILING = ("canonical_maps", "sender_canonical_maps", "recipient_canonical_maps")
FAILING += ("virtual_alias_maps", "sender_bcc_maps", "recipient_bcc_maps")
FAILING += ("header_checks", "body_checks")
_TWO = "inline:{{bob@example.org=r1@y.example, r2@y.example} {s@x.example=s1@y.example, s2@y}}"
_CIRCLE = "inline:{{bob@example.org=b@y.example} {b@y.example=bob@example.org}}"
CASES: dict[str, dict[str, str]] = {
    **{f"{name} fails": {name: "fail:1"} for name in FAILING},
    "the null address": {
        "canonical_maps": "inline:{{s@x.example=<>} {t@x.example=<>} {bob@example.org=<>}}"
    },
    "an alias of nobody": {"virtual_alias_maps": "inline:{{bob@example.org=<>}}"},
    "an alias of nobody and somebody": {"virtual_alias_maps": "inline:{{bob@example.org=<>, joe}}"},
    "nobody twice": {"virtual_alias_maps": "inline:{{bob@example.org=<>,<>}}"},
    "no address": {"canonical_maps": "inline:{{bob@example.org=,}}"},
    "two canonical addresses": {"canonical_maps": _TWO},
    "canonical addresses in a circle": {"recipient_canonical_maps": _CIRCLE},
    "aliases in a circle": {"virtual_alias_maps": _CIRCLE},
    "too many aliases": {"virtual_alias_maps": _TWO, "virtual_alias_expansion_limit": "1"},
    "too long an alias": {"virtual_alias_maps": _TWO, "virtual_alias_address_length_limit": "5"},
    "copies to two": {"recipient_bcc_maps": _TWO, "sender_bcc_maps": _TWO},
    "copies to nobody": {
        "recipient_bcc_maps": "inline:{{bob@example.org=<>}}",
        "sender_bcc_maps": "inline:{{s@x.example=@y.example}}",
    },
    "one for all": {
        "always_bcc": "archive@y.example",
        "virtual_alias_maps": "inline:{{bob@example.org=joe}}",
        "header_checks": "regexp:{{/^From:/ REDIRECT else@y.example}}",
    },
}


class Outcome(NamedTuple):
    """What became of one message."""

    reply: str
    log: list[str]
    told: list[str]
    content: str


def test_the_same_becomes_of_mail(postfix: Machine, mail: Mailer) -> None:
    ours, theirs = {}, {}
    for name, parameters in CASES.items():
        for machine in (mail.machine, postfix):
            _configure(machine, parameters)
        mail.reload()
        # systemd refuses to start it often.
        postfix.sh("systemctl reset-failed postfix; systemctl restart postfix")
        ours[name], theirs[name] = _outcome(mail.machine), _outcome(postfix)
    assert_alike(
        compared for name in CASES for compared in field_by_field(name, ours[name], theirs[name])
    )


def _configure(machine: Machine, parameters: dict[str, str]) -> None:
    """These, and none of another case."""
    changed = {name for case in CASES.values() for name in case}
    machine.run("postconf", "-X", *sorted(changed))
    configured = PARAMETERS | parameters
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in configured.items()))


def _outcome(machine: Machine) -> Outcome:
    since = machine.from_now_on()
    reply = _reply(machine)
    found = re.search(r"queued as (\w+)", reply)

    def decided() -> list[str]:
        log = machine.messages(since)
        over = _DELIVERED if found else _CANCELED
        return log if any(over.search(line) for line in log) else []

    machine.wait_for("the message to be decided", decided, 30)
    await_settled(machine)
    log = machine.messages(since)
    content = machine.sh(f"postcat -bhq {found[1]} || true") if found else ""
    return Outcome(
        timeless(reply),
        [timeless(line) for line in log if _SAID.match(line) and not _NOT_COMPARED.search(line)],
        sorted(told[0] for line in log if (told := _TO.search(line))),
        timeless(content),
    )


def _reply(machine: Machine) -> str:
    """The reply to the content of a message."""
    lines = ("EHLO client.example.net", "MAIL FROM:<s@x.example>", "RCPT TO:<bob@example.org>")
    content = CONTENT.replace("\n", "\r\n") + "."
    with machine.connect() as connection, connection.makefile("rwb", buffering=0) as stream:
        for line in ("", *lines, "DATA", content):
            stream.write(f"{line}\r\n".encode() if line else b"")
            while (reply := stream.readline().decode())[3:4] == "-":
                continue
    return reply


_DELIVERED = re.compile(r"status=")
_CANCELED = re.compile(r"removed \(canceled\)")
_TO = re.compile(r"to=<[^>]*>.*(?=, relay)")
_SAID = re.compile(r"postfix/(?:smtpd|cleanup): ")
# Why a table fails each says in its own words; and each has its own names for messages.
_NOT_COMPARED = re.compile(r"connect from|fail:1|client=|message-id=| returns non-address result ")
