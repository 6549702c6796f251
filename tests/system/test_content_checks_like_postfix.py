"""Content checks: the same tables do the same to the same messages as in Debian's Postfix."""

import json
import re
from collections.abc import Sequence
from email import message_from_bytes
from typing import NamedTuple

import pytest

from machine import Machine
from system.checked_messages import CHARACTERS, EIGHT_BIT, MESSAGES, OVERLONG, PARAMETERS, TABLES
from system.comparison import QUEUE_ID, assert_alike, field_by_field, timeless
from system.mailer import Mailer
from system.settled import await_settled

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


def test_characters_are_refused_and_taken_out_as_by_postfix(
    checking: Machine, postroom: Machine, mail: Mailer
) -> None:
    parameters = {"message_reject_characters": r"\0\a", "message_strip_characters": r"\001~"}
    checking.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
    checking.run("systemctl", "restart", "postfix")
    mail.set(**parameters)
    _compare(passed(postroom, CHARACTERS, ()), passed(checking, CHARACTERS, ()))


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
    begin = machine.from_now_on()
    replies = [_reply(machine, text, RECIPIENTS) for text in messages]
    replies += [_reply(machine, "Subject: warn\n\nx\n", (recipient,)) for recipient in envelopes]
    ids = [reply.split()[-1] if reply.startswith("250") else "" for reply in replies]

    def told() -> dict[str, list[str]]:
        log = machine.messages(begin)
        return {queue_id: _to(queue_id, log) for queue_id in ids if queue_id}

    machine.wait_for("all messages to be decided", lambda: all(told().values()), 30)
    await_settled(machine)
    became = told()
    contents = _contents(machine, ids)
    log = machine.messages(begin, "-t", "postfix/cleanup")
    said = _said(log, len(replies))
    return [
        Outcome(timeless(reply), lines, became.get(queue_id, []), contents.get(queue_id, ""))
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
