"""Milters: what a scripted one says has the same consequences as in Debian's Postfix, and it is
told the same."""

import re
import struct
from typing import NamedTuple

import pytest

from machine import Machine
from system.comparison import assert_alike, field_by_field, timeless
from system.mailer import Mailer
from system.scripted_milter import Script, ScriptedMilter
from system.settled import await_settled

PORT = 7777
HEADER = r"""
/^X-Warn:/ WARN warned
/^X-Ignore:/ IGNORE
/^X-Strip:/ STRIP why
/^X-Replace:/ REPLACE X-Replaced: new value
/^X-Bad:/ REPLACE nothing
/^X-Prepend:/ PREPEND X-Prepended: first
/^X-Reject:/ REJECT 4.7.1 later
/^X-Discard:/ DISCARD gone
/^X-Hold:/ HOLD held
/^X-Redirect:/ REDIRECT bob@else.example
/^X-Filter:/ FILTER smtp:[127.0.0.1]:9
/^X-Bcc:/ BCC carol@else.example
/^X-Pass:/ PASS
/^X-Unknown:/ FOO bar
/^Subject: changed/ REPLACE Subject: changed again
/^X-Folded: one[[:space:]]+two/ WARN folded
"""
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydomain": "example.org",
    "mydestination": "$myhostname, localhost, $mydomain",
    "myorigin": "example.org",
    "mail_name": "Postfix",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "relayhost": "",
    "defer_transports": "smtp, local",
    "recipient_delimiter": "+",
    "relay_domains": "relay.example",
    "virtual_alias_domains": "alias.example",
    "virtual_alias_maps": "inline:{{a@alias.example = alice@example.org}}",
    "transport_maps": "inline:{{hop.example = smtp:[10.0.0.1]:26}}",
    "smtpd_recipient_restrictions": "",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "smtpd_peername_lookup": "no",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    "smtpd_milters": f"inet:127.0.0.1:{PORT}",
    "milter_default_action": "tempfail",
    "milter_header_checks": "regexp:/etc/checks/milter",
}
RECIPIENTS = ("f@else.example", "alice@example.org")
CONTENT = "Subject: orig\nX-Ignore: mine\nX-Strip: mine\nTo: a@b\n\nx\n"

# What a filter may answer a client with, at any stage.
REPLIES = {
    "lines": b"y550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\0",
    "later": b"y451-4.7.1 one\r\n451 4.7.1 two\0",
    "single": b"y550 5.7.1 only\0",
    "bare": b"y550 5.7.1\0",
    "percent": b"y550 5.7.1 100%% sure\0",
    "malformed": b"y550 4.7.1 no\0",
    "none": b"y999 hi\0",
    "reject": b"r",
    "tempfail": b"t",
    "discard": b"d",
}
STAGES = {"m": b"M", "r": b"R", "d": b"T", "h": b"L", "e": b"E"}
# What a filter may do in the end.
CHANGES: dict[str, tuple[bytes, ...]] = {
    **{
        name.lower(): (f"hX-{name}\0some value\0".encode(), b"hX-Warn\0behind\0")
        for name in re.findall(r"\^X-(\w+):", HEADER)
    },
    "above": (
        b"i\0\0\0\0X-Warn\0top\0",
        b"i\0\0\0\1X-Ignore\0second\0",
        b"i\0\0\0\2X-A\0behind ours\0",
        b"i\0\0\0\0X-B\0top\0",
    ),
    "change": (b"m\0\0\0\1Subject\0changed\0", b"m\0\0\0\1To\0x\0", b"m\0\0\0\1X-New\0y\0"),
    "remove": (b"m\0\0\0\1Subject\0\0",),
    "unchanged": (b"m\0\0\0\1X-Strip\0changed\0", b"m\0\0\0\1X-Ignore\0changed\0"),
    "folded2": (b"hX-Folded\0one\n\ttwo\0", b"hX-Folded\0one\n two\n three\0"),
    "both": (b"hX-Hold\0v\0", b"qquarantined\0"),
    "somebody": (b"hX-Redirect\0v\0", b"-<alice@example.org>\0"),
    "copies": (b"hX-Bcc\0v\0", b"+<dave@else.example>\0"),
    "quarantine": (b"qwhy not\0",),
    "nobody": (b"-<alice@example.org>\0", b"-<f@else.example>\0"),
}
SCRIPTS: dict[str, Script] = {
    **{
        f"{name}-{stage}": {letter: (reply,)}
        for name, reply in REPLIES.items()
        for stage, letter in STAGES.items()
    },
    **{name: {b"E": (*changes, b"c")} for name, changes in CHANGES.items()},
    "reject-in-vain": {b"E": (b"hX-Discard\0v\0", b"r")},
    "warn-reject": {b"E": (b"hX-Warn\0v\0", b"r")},
}
ADDRESSES = ("alice+x@example.org", "nosuch@example.org", "a@alias.example", "postmaster")
ADDRESSES += ("r@relay.example", "f@else.example", "h@hop.example", "b%else.example@example.org")
SENDERS = ("s1+x@else.example", "", "s2@alias.example", "s3@hop.example", "s4", "s5@example.org")


class Outcome(NamedTuple):
    """What became of one message."""

    replies: list[str]
    log: list[str]
    told: list[str]
    content: str


@pytest.fixture
def theirs(postfix: Machine) -> Machine:
    prepare(postfix)
    postfix.run("systemctl", "restart", "postfix")
    return postfix


@pytest.fixture
def ours(mail: Mailer) -> Machine:
    prepare(mail.machine)
    mail.reload()
    return mail.machine


def prepare(machine: Machine) -> None:
    machine.write("/etc/checks/milter", HEADER)
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in PARAMETERS.items()))


def test_what_a_milter_says_is_done_as_postfix_does(theirs: Machine, ours: Machine) -> None:
    his, mine = passed(theirs), passed(ours)
    assert_alike(
        compared for case in SCRIPTS for compared in field_by_field(case, mine[case], his[case])
    )


def test_a_milter_is_told_what_postfix_tells(theirs: Machine, ours: Machine) -> None:
    """Where mail goes, and (who asked for it) what is refused anyway."""
    assert macros(ours, 0) == macros(theirs, 0)
    assert macros(ours, 0x800) == macros(theirs, 0x800)


@pytest.mark.parametrize("protocol", ["2", "no_header_reply, 2", "3", "4 no_header_reply", "6"])
def test_a_milter_is_offered_what_postfix_offers(
    theirs: Machine, ours: Machine, protocol: str
) -> None:
    for machine in (theirs, ours):
        machine.run("postconf", "-e", f"milter_protocol={protocol}")
    theirs.run("systemctl", "restart", "postfix")
    ours.run("postroom", "reload")
    assert offered(ours) == offered(theirs)


def offered(machine: Machine) -> tuple[int, ...]:
    """Version, actions and steps."""
    with ScriptedMilter(machine.listen(PORT, "127.0.0.1"), {}) as milter:
        _dialogue(machine, "s@else.example", RECIPIENTS, "")
    ((letter, data),) = milter.heard[""][:1]
    assert letter == b"O"
    return struct.unpack(">III", data)


MAPS = "cidr:{{127.0.0.2 DISABLE} {127.0.0.3 inet:127.0.0.1:7778} {127.0.0.4 foo:bar}}"


def test_a_table_names_a_clients_milters_as_with_postfix(theirs: Machine, ours: Machine) -> None:
    theirs.run("postconf", "-e", f"smtpd_milter_maps={MAPS}")
    theirs.run("systemctl", "restart", "postfix")
    ours.run("postconf", "-e", f"smtpd_milter_maps={MAPS}")
    ours.run("postroom", "reload")
    by_client = visited(ours)
    assert by_client == visited(theirs)
    assert [asked for asked, _ in by_client] == [True, False, False, False]


def visited(machine: Machine) -> list[tuple[bool, list[str]]]:
    """Whether the milter of main.cf heard of it, and what was replied, by client."""
    found = []
    for source in ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"):
        with ScriptedMilter(machine.listen(PORT, "127.0.0.1"), {}) as milter:
            replies = _dialogue(machine, "s@else.example", RECIPIENTS, CONTENT, source)
            found.append((bool(milter.heard), list(map(_likened, replies))))
    return found


def passed(machine: Machine) -> dict[str, Outcome]:
    with ScriptedMilter(machine.listen(PORT, "127.0.0.1"), SCRIPTS):
        return {case: _outcome(machine, case) for case in SCRIPTS}


def macros(machine: Machine, steps: int) -> list[tuple[str, list[dict[str, str]]]]:
    with ScriptedMilter(machine.listen(PORT, "127.0.0.1"), {}, steps=steps) as milter:
        for sender in SENDERS:
            _dialogue(machine, sender, ADDRESSES, "")
        cases = [sender.partition("@")[0] or "null" for sender in SENDERS]
        told = [(case, milter.macros(case, b"M") + milter.macros(case, b"R")) for case in cases]
    return [(case, [_without_id(one) for one in all_of_it]) for case, all_of_it in told]


def _without_id(known: dict[str, str]) -> dict[str, str]:
    return {name: "ID" if name == "i" else value for name, value in known.items()}


def _outcome(machine: Machine, case: str) -> Outcome:
    begin = machine.from_now_on()
    replies = _dialogue(machine, f"{case}@else.example", RECIPIENTS, CONTENT)
    queued = replies[-1].partition("queued as ")[2].strip()
    over = re.compile(_OVER.replace("ID", queued) if queued else ": milter-(?:header-)?reject: ")

    machine.wait_for(
        f"{case} to be decided", lambda: any(map(over.search, machine.messages(begin))), 30
    )
    await_settled(machine)
    log = machine.messages(begin)
    stays = any("-hold: " in line or "status=deferred" in line for line in log)
    content = _kept(machine, queued, stays=stays) if queued else ""
    said = [_likened(line) for line in log if _SAID.match(line) and not _NOT_COMPARED.search(line)]
    mine = [line for line in log if queued and queued in line]
    told = sorted({match[1] for line in mine if (match := _TO.search(line))})
    machine.run("postsuper", "-d", "ALL")
    return Outcome([_likened(one) for one in replies], said, told, _likened(content))


def _kept(machine: Machine, queue_id: str, *, stays: bool) -> str:
    """What is in the queue; that a message waits is told before it is where it will."""

    def read() -> str:
        return machine.attempt("postcat", "-bhq", queue_id).stdout

    return str(machine.wait_for(f"{queue_id} to be kept", read)) if stays else read()


def _dialogue(
    machine: Machine, sender: str, recipients: tuple[str, ...], content: str, source: str = ""
) -> list[str]:
    """All replies behind EHLO, until the server has had enough."""
    to = (f"RCPT TO:<{recipient}>" for recipient in recipients)
    said = ["EHLO client.example.net", f"MAIL FROM:<{sender}>", *to]
    said += ["DATA", f"{content}.".replace("\n", "\r\n")] if content else []
    replies: list[str] = []
    with (
        machine.connect(source=source) as connection,
        connection.makefile("rwb", buffering=0) as stream,
    ):
        for line in ("", *said):
            if line.startswith("Subject:") and not replies[-1].startswith("354"):
                break
            stream.write(f"{line}\r\n".encode() if line else b"")
            reply = stream.readline().decode()
            while reply[-1:] == "\n" and reply.rpartition("\r\n")[0].split("\r\n")[-1][3:4] == "-":
                reply += stream.readline().decode()
            replies.append(reply)
            if reply.startswith("421"):
                break
    return replies[2:]


# Each is deferred, held or thrown away.
_OVER = (
    r"ID: (?:to=<.*status=|removed|milter-(?:header-)?hold)|: milter-discard: (?:MAIL|RCPT|DATA)"
)
_TO = re.compile(r"(to=<[^>]*>(?:, orig_to=<[^>]*>)?), relay=")
_SAID = re.compile(r"postfix/(?:smtpd|cleanup|milter): ")
# Of what was not stored, or is for nobody, each tells in its own way.
_NOT_COMPARED = re.compile(
    r"message-id=|removed|(?:dis)?connect from|lost connection|client=|statistics"
)
# Here another program speaks with milters.
_PROGRAM = re.compile(r"^postfix/\w+: (warning: milter )")


def _likened(text: str) -> str:
    return _PROGRAM.sub(r"\1", timeless(text))
