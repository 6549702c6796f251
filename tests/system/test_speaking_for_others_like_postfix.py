"""XCLIENT and XFORWARD do the same as with Debian's Postfix, in a machine beside.

What is compared is what clients are told, what the log says, and what arrives.
"""

import mailbox
import re
import socket
from contextlib import ExitStack, closing
from difflib import unified_diff
from email.message import Message
from typing import NamedTuple

from machine import Machine
from system.comparison import timeless
from system.mailer import Mailer
from system.postfix import start_postfix
from system.speaking_for_others import (
    BACK,
    FILTER,
    LIMITED,
    PARAMETERS,
    SERVICES,
    SESSIONS,
    message,
)


class Session:
    """A client, and what was said."""

    def __init__(self, connection: socket.socket) -> None:
        self.said: list[str] = []
        self._connection = connection
        self._replies = connection.makefile("rb")
        self._hear()

    def say(self, *lines: str) -> None:
        for line in lines:
            self._connection.sendall(f"{line}\r\n".encode())
            self.said.append(f"C: {line[:60]}")
            self._hear()

    def _hear(self) -> None:
        reply = self._replies.readline().decode().rstrip("\r\n")
        self.said.append(f"S: {likened(reply)}")
        if reply[3:4] == "-":
            self._hear()

    def close(self) -> None:
        self._replies.close()
        self._connection.close()


class Found(NamedTuple):
    """By subject, what arrived."""

    said: list[str]
    log: list[str]
    arrived: list[str]


def test_clients_are_told_the_same_and_the_log_names_the_same(
    postfix: Machine, mail: Mailer
) -> None:
    begin(postfix, mail)
    different = []
    for lines, port in SESSIONS:
        ours, theirs = (spoken(machine, lines, port) for machine in (mail.machine, postfix))
        different += differences(ours, theirs)
    assert not different, "\n".join(different)


def test_clients_are_counted_as_who_they_became(postfix: Machine, mail: Mailer) -> None:
    """But only by one of them at a time: Postfix 3.10 counts by the real address ever after."""
    begin(postfix, mail)
    outcomes = []
    for machine in (mail.machine, postfix):
        since = machine.from_now_on()
        said = []
        with ExitStack() as open_sessions:
            for address in ("192.0.2.7", "192.0.2.7", "127.0.0.1"):
                session = Session(machine.connect(LIMITED))
                open_sessions.callback(session.close)
                session.say(f"XCLIENT ADDR={address}")
                said.append(session.said)
                if address == "127.0.0.1":
                    session.say("QUIT")
        log = sorted(log_of(machine, since, 3))
        outcomes.append(Found([line for lines in said for line in lines], log, []))
    different = differences(*outcomes)
    assert not different, "\n".join(different)
    assert len([line for line in outcomes[0].said if line.startswith("S: 421")]) == 1


RELAY = f"""
import asyncio

def noted(who, reader, writer, log):
    async def run():
        while line := await reader.readline():
            log.write(f"{{who}}: ".encode() + line)
            log.flush()
            writer.write(line)
        writer.close()
    return run()

async def serve(reader, writer):
    back = await asyncio.open_connection("127.0.0.1", {BACK})
    log = open("/srv/said", "ab")
    await asyncio.gather(noted("C", reader, back[1], log), noted("S", back[0], writer, log))

async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", {FILTER}) as server:
        await server.serve_forever()

asyncio.run(main())
"""


def test_mail_that_went_through_a_filter_keeps_its_client(postfix: Machine, mail: Mailer) -> None:
    """A filter that changes nothing, not even XFORWARD: what is said through it is compared."""
    begin(postfix, mail, content_filter=f"scan:[127.0.0.1]:{FILTER}")
    ours, theirs = (filtered(machine) for machine in (mail.machine, postfix))
    different = differences(ours, theirs)
    assert not different, "\n".join(different)
    told = [line for line in ours.said if line.startswith("C: XFORWARD")]
    assert told == [
        "C: XFORWARD NAME=localhost ADDR=127.0.0.1 PORT=PORT",
        "C: XFORWARD PROTO=ESMTP HELO=x IDENT=ID SOURCE=LOCAL",
        "C: XFORWARD NAME=a.example ADDR=192.0.2.7 PORT=PORT",
        "C: XFORWARD PROTO=SMTP HELO=y IDENT=ID SOURCE=LOCAL",
        "C: XFORWARD NAME=six.example ADDR=IPv6:2001:db8::1 PORT=PORT",
        "C: XFORWARD PROTO=ESMTP HELO=y IDENT=4cKxyz SOURCE=LOCAL",
        "C: XFORWARD SOURCE=LOCAL",
    ]
    assert len(ours.arrived) == 4


def filtered(machine: Machine) -> Found:
    machine.write("/srv/relay.py", RELAY)
    machine.sh("rm -f /srv/said; systemctl stop relay 2>/dev/null || true")
    machine.run("systemd-run", "-q", "--collect", "--unit=relay", "python3", "/srv/relay.py")
    machine.wait_for("the filter", lambda: machine.run("ss", "-Hltn", "sport", "=", str(FILTER)))
    since = machine.from_now_on()
    login = "XCLIENT NAME=a.example ADDR=192.0.2.7 PORT=99 HELO=y LOGIN=joe"
    from_afar = (
        "XFORWARD NAME=six.example ADDR=IPV6:2001:db8::1 PORT=7 PROTO=ESMTP HELO=y IDENT=4cKxyz"
    )
    for number, lines in enumerate(
        (
            ("EHLO x", *message("1: from here")),
            (login, *message("2: from elsewhere")),
            ("EHLO x", from_afar, *message("3: from another filter")),
        ),
        1,
    ):
        session = Session(machine.connect())
        session.say(*lines, "QUIT")
        session.close()
        arrived(machine, number)
    letter = "Subject: 4: typed\nTo: joe\n\nhello\n"
    machine.run("sendmail", "-f", "s@x.example", "alice@example.org", text=letter)
    messages = arrived(machine, 4)
    machine.run("systemctl", "stop", "relay")
    said = likened(machine.read("/srv/said")).splitlines()
    spoke = [line for line in said if not line.startswith(("C: MAIL", "S: "))]
    # Whose connection ends first is chance.
    return Found(spoke, sorted(log_of(machine, since, 7)), messages)


def begin(postfix: Machine, mail: Mailer, **more: str) -> None:
    for machine, master in (
        (mail.machine, "/etc/postroom/master.cf"),
        (postfix, "/etc/postfix/master.cf"),
    ):
        machine.write(master, machine.read(master) + SERVICES)
    mail.set(**PARAMETERS, **more)
    start_postfix(postfix, {**PARAMETERS, **more})


def spoken(machine: Machine, lines: tuple[str, ...], port: int) -> Found:
    machine.sh("rm -f /var/mail/alice")
    since = machine.from_now_on()
    session = Session(machine.connect(port))
    session.say(*lines)
    session.close()
    log = log_of(machine, since, 1)
    accepted = [line for line in session.said if "queued as" in line]
    return Found(session.said, log, arrived(machine, len(accepted)))


def log_of(machine: Machine, since: str, sessions: int) -> list[str]:
    """What smtpd and cleanup say, once so many sessions are over."""

    def over() -> list[str]:
        lines = machine.messages(since)
        ended = [line for line in lines if "smtpd: disconnect from" in line]
        return lines if len(ended) >= sessions else []

    lines = machine.wait_for("the end of the sessions", over, 30)
    known = ("postfix/smtpd: ", "postfix/cleanup: ")
    return [
        likened(line) for line in lines if line.startswith(known) and not _NOT_COMPARED.search(line)
    ]


def arrived(machine: Machine, count: int) -> list[str]:
    def look() -> list[Message]:
        if not count or not machine.path("/var/mail/alice").is_file():
            return []
        with closing(mailbox.mbox(machine.path("/var/mail/alice"), create=False)) as box:
            found = list(box)
        return found if len(found) == count else []

    messages = machine.wait_for(f"{count} messages", look, 30) if count else []
    return sorted(likened(shown(message)) for message in messages)


def shown(message: Message) -> str:
    wanted = ("subject", "to", "from", "received")
    return "\n".join(f"{name}: {text}" for name, text in message.items() if name.lower() in wanted)


def differences(ours: Found, theirs: Found) -> list[str]:
    return [
        line
        for name, our, their in zip(Found._fields, ours, theirs, strict=True)
        for line in unified_diff(our, their, f"ours, {name}", "theirs", lineterm="", n=2)
    ]


# Each has its own ids, words of its own about a handshake that has no key, and a component that
# tells of what is canceled; and Postfix may find the clock of the disk a second ahead.
_NOT_COMPARED = re.compile(
    r"message-id=|canceled|TLS|statistics:|starting|tls|file system clock|file time stamps"
)
_PORT = re.compile(r"PORT=\d+")


def likened(text: str) -> str:
    return _PORT.sub("PORT=PORT", timeless(text))
