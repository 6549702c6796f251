"""Content checks: the same tables do the same to the same messages as in Debian's Postfix."""

import json
import re
import time
from collections.abc import Sequence
from email import message_from_bytes
from typing import NamedTuple

import pytest

from machine import Machine
from system.comparison import QUEUE_ID, assert_alike, field_by_field, timeless
from system.mailer import Mailer

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydomain": "example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "mail_name": "Postfix",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "relayhost": "",
    "defer_transports": "smtp",
    "virtual_alias_maps": "inline:{{all@list.example = one@list.example, two@list.example}}",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    "message_drop_headers": "bcc, content-length, resent-bcc, return-path",
    "header_checks": "regexp:/etc/checks/header",
    "mime_header_checks": "pcre:/etc/checks/mime",
    "nested_header_checks": "pcre:/etc/checks/nested",
    "body_checks": "regexp:/etc/checks/body",
    "body_checks_size_limit": "300",
    "mime_nesting_limit": "5",
}
HEADER = r"""
/^Subject: reject$/ REJECT
/^Subject: reject text$/ REJECT go away
/^Subject: reject dsn$/ REJECT 5.1.2 go away
/^Subject: reject 4dsn$/ REJECT 4.1.2 later
/^Subject: reject 2dsn$/ REJECT 2.1.2 later
/^Subject: lower$/ reject   more blanks
/^Subject: warn$/ WARN
/^Subject: warn text$/ WARN some text
/^Subject: info$/ INFO some text
/^Subject: hold$/ HOLD held text
/^Subject: discard$/ DISCARD gone
/^Subject: redirect$/ REDIRECT other@z.example
/^Subject: redirect bad$/ REDIRECT other
/^Subject: redirect to list$/ REDIRECT all@list.example
/^Subject: filter$/ FILTER smtp:[127.0.0.1]:9
/^Subject: filter bad$/ FILTER foo
/^Subject: filter no$/ FILTER
/^Subject: prepend$/ PREPEND X-New: new
/^Subject: prepend bcc$/ PREPEND Bcc: gone@x
/^Subject: prepend address$/ PREPEND Reply-To: joe
/^Subject: prepend bad$/ PREPEND no header
/^Subject: prepend no$/ PREPEND
/^Subject: replace$/ REPLACE Subject: new one
/^Subject: replace bad$/ REPLACE xyz
/^Subject: replace bcc$/ REPLACE Bcc: foo
/^Subject: replace to$/ REPLACE To: foo
/^Subject: replace no$/ REPLACE
/^Subject: strip$/ STRIP
/^Subject: strip text$/ STRIP because
/^Subject: bcc$/ BCC copy@z.example
/^Subject: bcc list$/ BCC all@list.example
/^Subject: bcc bad$/ BCC copy
/^Subject: ok$/ OK
/^Subject: dunno$/ DUNNO
/^Subject: ignore$/ IGNORE
/^Subject: pass$/ PASS fine
/^Subject: unknown$/ FOO bar
/^Subject: code$/ 550 text
/^Subject: id$/ WARN it
/^Received: from client\.example\.net.*for <strip@z.example>/ IGNORE
/^(Received: from) client\.example\.net [^ ]* (.*for <hide@z.example>.*)$/ REPLACE $1 here $2
/^X-Drop:/ IGNORE
/^X-Two:/ BCC copy2@z.example
/^X-Warn:/ WARN later header
/^X-Filter:/ FILTER smtp:[127.0.0.1]:10
/^X-Redirect:/ REDIRECT third@z.example
/^X-Hold:/ HOLD again
/^X-Long: (x*) /  WARN
/^X-Folded: one[[:space:]]two *(three)$/ REPLACE X-Unfolded: $1
/^X-Keep:(.*)$/ REPLACE X-Kept:$1
"""
MIME = r"""
/name="?[^"]*\.(exe|scr)"?/ REJECT .$1 is not welcome
/^Content-Type: *text\/html/ WARN html
/^X-Part: replace/ REPLACE X-Part: replaced
/^X-Part: ignore/ IGNORE
/^X-Part:/ INFO part
/^(Content-\w+|MIME-Version):/ INFO mime
"""
NESTED = r"""
/^Subject: nested replace/ REPLACE Subject: .nested
/^Subject:/ INFO nested
"""
BODY = r"""
/^reject/ REJECT body text
/^reject4/ REJECT 4.7.0 body text
/^warn/ WARN body warn
/^discard/ DISCARD
/^prepend/ PREPEND .a line
/^replace$/ REPLACE .another line
/^replaceno/ REPLACE
/^strip/ STRIP
/^ignore/ IGNORE
/^bcc/ BCC copy@z.example
/^\.dot/ WARN dot
/^Subject:/ INFO in a body
/^x/ INFO x
"""
TABLES = {"header": HEADER, "mime": MIME, "nested": NESTED, "body": BODY}

# Every subject that the first table knows, between headers of which it knows others.
ACTIONS = [
    f"X-Drop: x\nMessage-ID: <me>\nSubject: {subject}\nX-Two: x\nX-Warn: x\n\nbody\n"
    for subject in re.findall(r"Subject: ([^/$]*)", HEADER)
]
PARTS = """\
From: a@b.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="AA"

Subject: preamble
--AA
X-Part: ignore
Content-Type: text/html

Subject: of a body
--AA
X-Part : replace
Content-Type: message/rfc822

Subject: nested replace
Content-Type: multipart/digest; boundary=BB

--BB

Subject: in the digest
X: y

Subject: text
--BB--
after
--AA
Content-Type: message/partial

Subject: of a body
--AA--
Subject: epilogue
"""
MESSAGES = [
    *ACTIONS,
    "X-Redirect: x\nSubject: redirect\nX-Warn: y\n\nwarn\n",
    "X-Filter: x\nSubject: filter\nX-Hold: y\nX-Hold: z\n\nwarn\n",
    "X-Hold: y\nSubject: discard\n\nwarn\n",
    "Subject: x\n\nprepend\nreplace\nreplaceno\nstrip\nignore\nwarn\nbcc\n.dot\nmore\n",
    "Subject: x\n\nwarn\nreject\nwarn\n",
    "Subject: x\n\nwarn\nreject4\nwarn\n",
    "Subject: x\n\ndiscard\nwarn\n",
    "X-Folded: one\n\ttwo three\nX-Keep: a\n b\n  c\n\nbody\n",
    "X-Long: " + "x" * 500 + " y\n\n",
    "no header\nwarn\n",
    "",
    "Subject: warn\n",
    "\nwarn\n",
    PARTS,
    PARTS.replace("\n\n", "\n"),
    PARTS.replace("AA", "A A").replace("BB", "A A B"),
    'Content-Type: application/x; name="a.exe"\n\nx\n',
    'Content-Type: multipart/x; boundary=A\n\n--A\nContent-Disposition: x;\n name="a.scr"\n\nx\n',
    "Subject: x\n\n" + "".join(f"x{number:03}\n" for number in range(100)),
    "Content-Type: multipart/x; boundary=A\n\n" + f"--A\n\n{'x12345678' * 30}\nx1\nx2\n" * 3,
    "X: y\n\nx" + "y" * 5000 + "\nx\n",
    "".join(f"Content-Type: multipart/x; boundary={n}-\n\n--{n}-\n" for n in range(9)),
]
RECIPIENTS = ("r1@y.example", "r2@y.example")


class Outcome(NamedTuple):
    """What became of one message."""

    reply: str
    log: list[str]
    told: list[str]
    content: str


@pytest.fixture
def checking(postfix: Machine) -> Machine:
    """Postfix with the same tables."""
    prepare(postfix)
    postfix.run("systemctl", "restart", "postfix")
    return postfix


@pytest.fixture
def postroom(mail: Mailer) -> Machine:
    prepare(mail.machine)
    mail.reload()
    return mail.machine


def prepare(machine: Machine) -> None:
    for name, text in TABLES.items():
        machine.write(f"/etc/checks/{name}", text)
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in PARAMETERS.items()))


def test_the_same_becomes_of_the_same_message(checking: Machine, postroom: Machine) -> None:
    _compare(passed(postroom), passed(checking))


def _compare(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> None:
    assert_alike(
        compared
        for our, their in zip(ours, theirs, strict=True)
        for compared in field_by_field(our.content, our, their)
    )


# Octets of which main.cf says that no message may have them (NUL, BEL) or keep them (SOH, "~").
CHARACTERS = (
    "Subject: x\0y\n\nbody\n",
    "Sub\1ject: ~warn\n\nwa\1rn\n\1.\n.~.\n~\n",
    "Subject: warn\n\nwarn\nx\0y\n",
    "Subject: pass\n\nx\0y\n",
    "Subject: x\n folded \7 line\n\nbody\n",
    "Subject: x\n\n.\7\n",
    f"Subject: x\n\n{'y' * 3000}\7\n",
    f"Subject: x\n\n{'y' * 300}\7z\n",
    "no header\n\1\n",
    # Line ends that are none.
    "Subject: a\rb\n\nc\rd\r\n\re\n",
)


def test_characters_are_refused_and_taken_out_as_by_postfix(
    checking: Machine, postroom: Machine, mail: Mailer
) -> None:
    parameters = {"message_reject_characters": r"\0\a", "message_strip_characters": r"\001~"}
    checking.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
    checking.run("systemctl", "restart", "postfix")
    mail.set(**parameters)
    _compare(passed(postroom, CHARACTERS, ()), passed(checking, CHARACTERS, ()))


_PART = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n.\n= \n"
EIGHT_BIT = (
    f"Subject: x\n{_PART}",
    f"Subject: x\n{_PART}".replace("8bit", "7bit"),
    "Content-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed; boundary=A\n\npre\n"
    f"--A\n{_PART}--A\nContent-Type: message/rfc822\n"
    f"Content-Transfer-Encoding: 8bit\n\n{_PART}--A--\n",
    "Content-Transfer-Encoding: binary\n\nGrüße\n",
)


@pytest.mark.parametrize(
    "parameter", ["force_mime_input_conversion=yes", "detect_8bit_encoding_header=no"]
)
def test_a_body_beyond_ascii_is_converted_and_noticed_as_by_postfix(
    checking: Machine, postroom: Machine, mail: Mailer, parameter: str
) -> None:
    plain = [f"{name}=" for name in ("header_checks", "mime_header_checks", "nested_header_checks")]
    for machine in (checking, postroom):
        machine.run("postconf", "-e", parameter, "body_checks=", *plain)
    checking.run("systemctl", "restart", "postfix")
    mail.reload()
    ours, theirs = ([*map(_decoded, stored(one, EIGHT_BIT))] for one in (postroom, checking))
    assert ours == theirs
    assert _encodings(postroom) == _encodings(checking)


def _decoded(text: str) -> list[tuple[list[tuple[str, str]], object]]:
    """The parts of a message: fields in whichever order, and what is meant by the body."""
    message = message_from_bytes(text.encode("utf-8", "surrogateescape"))
    return [
        (sorted(part.items()), "" if part.is_multipart() else part.get_payload(decode=True))
        for part in message.walk()
    ]


def _encodings(machine: Machine) -> list[str]:
    """What the queue knows of the messages' bodies, but for what it need not say: 7bit."""
    waiting = machine.run("postqueue", "-j").splitlines()
    shown = machine.run("postcat", "-eq", *(json.loads(line)["queue_id"] for line in waiting))
    return re.findall(r"named_attribute: encoding=(8bit)", shown)


# Fields of more than 300 bytes, cut in a line, at its end, and before a line that is nearly over;
# and one of a part.
OVERLONG = (
    *(f"X-L: {'x' * size}\n {'y' * 290}\n z\nX-A: b\n\n" for size in (50, 264, 265, 290)),
    f"X-L: {'x' * 400}\nX-A: b\n\nbody\n",
    f"X-L: {'x' * 200}\n {'y' * 93}\n z\nX-A: b\n\n",
    f"X-Long: {'x ' * 200}\n\n",
    "To: a@b.example" + ",\n c@d.example" * 40 + "\n\n",
    f"Content-Type: multipart/x; boundary=A\n\n--A\nX-L: {'x' * 200}\n {'y' * 200}\n\nb\n--A--\n",
)


def test_overlong_headers_are_cut_as_postfix_cuts_them(
    checking: Machine, postroom: Machine, mail: Mailer
) -> None:
    checking.run("postconf", "-e", "header_size_limit=300")
    checking.run("systemctl", "restart", "postfix")
    mail.set(header_size_limit="300")
    ours, theirs = (stored(machine, OVERLONG) for machine in (postroom, checking))
    assert ours == theirs


def stored(machine: Machine, texts: Sequence[str]) -> list[str]:
    """What lies in the queue of each message."""
    ids = [_reply(machine, text, RECIPIENTS[:1]).split()[-1] for text in texts]
    whole = machine.wait_for(
        "all messages to be stored",
        lambda: found if all((found := _contents(machine, ids)).values()) else {},
    )
    return [whole[queue_id] for queue_id in ids]


# Where the recipient decides, by way of our own Received.
ENVELOPES = ("strip@z.example", "hide@z.example", "all@list.example")


def passed(
    machine: Machine, messages: Sequence[str] = MESSAGES, envelopes: Sequence[str] = ENVELOPES
) -> list[Outcome]:
    """What became of each message."""
    begin = f"--since=@{time.time():.6f}"
    replies = [_reply(machine, text, RECIPIENTS) for text in messages]
    replies += [_reply(machine, "Subject: warn\n\nx\n", (recipient,)) for recipient in envelopes]
    ids = [reply.split()[-1] if reply.startswith("250") else "" for reply in replies]

    def settled() -> dict[str, list[str]]:
        log = machine.messages(begin)
        told = {queue_id: _to(queue_id, log) for queue_id in ids if queue_id}
        return told if all(told.values()) else {}

    told = machine.wait_for("all messages to be on hold, deferred or gone", settled, 30)
    contents = _contents(machine, ids)
    log = machine.messages(begin, "-t", "postfix/cleanup")
    said = _said(log, len(replies))
    return [
        Outcome(timeless(reply), lines, told.get(queue_id, []), contents.get(queue_id, ""))
        for reply, lines, queue_id in zip(replies, said, ids, strict=True)
    ]


def _reply(machine: Machine, text: str, recipients: Sequence[str]) -> str:
    """The reply to a message's content."""
    dialogue = ["EHLO client.example.net", "MAIL FROM:<s@x.example>"]
    dialogue += [*(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA"]
    content = re.sub(r"^\.", "..", text, flags=re.MULTILINE).replace("\n", "\r\n") + ".\r\n"
    with machine.connect() as connection, connection.makefile("rwb", buffering=0) as stream:
        for said in ("", *(f"{line}\r\n" for line in dialogue), content):
            stream.write(said.encode())
            while (line := stream.readline().decode())[3:4] == "-":
                continue
        return line.strip()


def _to(queue_id: str, log: list[str]) -> list[str]:
    """Whom a message is for, or that it is for nobody, by the log."""
    lines = [line for line in log if queue_id in line]
    found = {match[1] for line in lines if (match := _TO.search(line))}
    found |= {match[1] for line in lines if (match := _ELSE.search(line))}
    return sorted(found)


def _said(log: list[str], count: int) -> list[list[str]]:
    """What cleanup says of each message. A line without an id belongs to the next that has one,
    and every message has one at last."""
    said: dict[str, list[str]] = {}
    open_lines: list[str] = []
    for line in log:
        open_lines.append(timeless(line))
        if (found := QUEUE_ID.search(line)) is not None:
            said.setdefault(found[0], []).extend(open_lines)
            open_lines = []
    assert len(said) == count
    return [[line for line in lines if not _NOT_COMPARED.search(line)] for lines in said.values()]


def _contents(machine: Machine, ids: Sequence[str]) -> dict[str, str]:
    names = [queue_id for queue_id in ids if queue_id]
    script = f'for id in {" ".join(names)}; do echo "== $id"; postcat -bhq $id; done 2>/dev/null'
    shown = machine.attempt("sh", "-c", script).stdout
    parts = re.split(r"^== (\S+)\n", shown, flags=re.MULTILINE)[1:]
    return {name: timeless(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


_TO = re.compile(r"(to=<[^>]*>(?:, orig_to=<[^>]*>)?), relay=")
_ELSE = re.compile(r": (hold|removed)\b")
# Each has its own names for messages.
_NOT_COMPARED = re.compile(r"message-id=")
