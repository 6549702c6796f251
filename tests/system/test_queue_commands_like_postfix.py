"""The same commands on the same queue say the same as Debian's Postfix, in a machine beside."""

import json
import re
from collections.abc import Sequence
from typing import Any

from machine import Machine
from system.comparison import assert_alike
from system.mailer import Mailer
from system.postfix import start_postfix

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "default_transport": "smtp",
    "relayhost": "",
    "defer_transports": "smtp",
    "virtual_alias_maps": "",
    # Nothing is tried again meanwhile.
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    # As Postroom's are always.
    "enable_long_queue_ids": "yes",
}
# Sender and recipients of each message in the queue.
MAIL = {
    "one@example.org": ("a@example.com", "b@example.com", "c@example.net"),
    "": ("d@example.com",),
    "two@example.org": ("e@example.net",),
}
TEXT = "Subject: hello\n\nhello\n.dot\n"
# What Postfix's qshape shows of long ids is nothing, so that its tables are in tests/commands.
# In order; ONE, NOBODY and TWO stand for the ids of the three.
COMMANDS = (
    "mailq",
    "sendmail -bp",
    "postqueue -j",
    "postsuper -h ONE",
    "postsuper -h ONE",
    "mailq",
    "postsuper -H ONE -h ONE",
    "postsuper -h ONE -H ONE",
    "postsuper -h ONE -h TWO -d NOPE -r ABCDEF1234",
    "postsuper -e ONE -e ONE -e NOBODY",
    "mailq",
    "postqueue -j",
    "postsuper -f ONE",
    "postsuper -f ONE -h ONE",
    "postsuper -f ALL",
    "postsuper -e ALL -h ALL",
    "postsuper -h ALL -H ALL",
    "postsuper -H ONE deferred",
    "postsuper -h ONE hold",
    "printf '%s\\n' ONE NOPE TWO | postsuper -h -",
    "postsuper -H - </dev/null",
    "postsuper -s",
    "postsuper",
    "postsuper -p",
    "postsuper -d all",
    "postsuper -d ../x",
    "postsuper -d ALL nosuch",
    "postsuper -d ALL incoming active",
    "postsuper -d ALL incoming -h ONE",
    "postsuper -d",
    "postsuper -x",
    "postcat -bq TWO",
    "postcat -dbq TWO",
    "postcat -q",
    "postcat -q NOPE",
    "postcat -q ../x",
    "postcat -s -1 -q TWO",
    "postcat -x",
    "postcat /etc/passwd",
    "postcat /nonexistent",
    "postqueue",
    "postqueue -x",
    "postqueue -p -f",
    "postqueue -p more",
    "postqueue -i",
    "postqueue -i NOPE",
    "postqueue -i TWO",
    "postqueue -i ../x",
    "postqueue -s 'a b'",
    "postqueue -s '[::1]'",
    "postqueue -s 127.0.0.1",
    "postqueue -s @example.org",
    "postqueue -s example.org",
    "postqueue -s [127.0.0.1]",
    "postsuper -d ONE",
    "postsuper -d NOBODY -H ALL -d ALL",
    "mailq",
    "postqueue -j",
)

# While the mail system is stopped; qshape counts nothing there in Postfix.
COMMANDS_FOR_THE_MAILDROP = (
    "mailq",
    "postqueue -j",
    "postsuper -h ONE",
    "postsuper -h ALL maildrop",
    "postsuper -H ALL maildrop",
    "postsuper -e ONE maildrop",
    "postsuper -f ALL maildrop",
    "postsuper -r ONE maildrop",
    "postsuper -r ALL maildrop",
    "postsuper -s maildrop",
    "postsuper -d ONE hold",
    "postsuper -d NOPE maildrop",
    "mailq",
    "postsuper -d ONE maildrop",
    "printf '%s\n' ONE NOPE TWO | postsuper -d - maildrop",
    "mailq",
    "postsuper -d ALL maildrop",
    "postsuper -d ALL maildrop",
    "mailq",
)

# The same of what was queued before; postsuper -r needs cleanup here, in Postfix it does not.
COMMANDS_WHILE_STOPPED = (
    "mailq",
    "postcat -bq TWO",
    "postcat -q NOPE",
    "postsuper -h ONE -h TWO -d NOPE",
    "postqueue -j",
    "postsuper -H ONE deferred",
    "postsuper -H ONE hold",
    "postsuper -e ONE -e ONE -e NOBODY",
    "postsuper -f TWO",
    "mailq",
    "printf '%s\n' ONE NOPE TWO | postsuper -h -",
    "postsuper -d NOBODY hold",
    "postsuper -d NOBODY",
    "postsuper -H ALL -h ALL -e ALL",
    "postqueue -j",
    "postsuper -d ALL deferred",
    "postsuper -d ALL",
    "mailq",
)

# Of users, one of whom may list the queue.
COMMANDS_OF_USERS = ("mailq", "sendmail -bp", "postqueue -j")


def test_the_same_is_said_of_the_same_queue(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    theirs, ours = Transcript(postfix), Transcript(mail.machine)
    compare(ours, theirs, COMMANDS)


def test_the_same_is_said_of_the_same_maildrop(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    mail.machine.run("postroom", "stop")
    postfix.run("systemctl", "stop", "postfix")
    ours, theirs = (Transcript(machine, stopped=True) for machine in (mail.machine, postfix))
    compare(ours, theirs, COMMANDS_FOR_THE_MAILDROP)


def test_the_same_is_done_to_the_queue_while_all_is_stopped(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    theirs, ours = Transcript(postfix), Transcript(mail.machine)
    mail.machine.run("postroom", "stop")
    postfix.run("systemctl", "stop", "postfix")
    compare(ours, theirs, COMMANDS_WHILE_STOPPED)
    mail.machine.run("postroom", "start")
    assert mail.queue() == "Mail queue is empty\n"


def test_users_are_told_the_same_of_what_pickup_has_not_taken(
    postfix: Machine, mail: Mailer
) -> None:
    parameters = {**PARAMETERS, "authorized_mailq_users": "alice"}
    mail.set(**parameters)
    postfix.run("postconf", "-MX", "pickup/unix")
    start_postfix(postfix, parameters)
    cleanup = ("postroom-cleanup.socket", "postroom-cleanup.service")
    mail.machine.run("systemctl", "stop", *cleanup)
    try:
        ours, theirs = (Transcript(machine, stopped=True) for machine in (mail.machine, postfix))
        for user in ("alice", "bob"):
            compare(ours, theirs, COMMANDS_OF_USERS, user)
        mail.machine.run("postroom", "stop")
        postfix.run("systemctl", "stop", "postfix")
        compare(ours, theirs, COMMANDS_OF_USERS, "alice")
    finally:
        mail.machine.run("postroom", "start")


def compare(
    ours: "Transcript", theirs: "Transcript", commands: Sequence[str], user: str | None = None
) -> None:
    assert_alike(
        (command, ours.said(command, user), theirs.said(command, user)) for command in commands
    )


class Transcript:
    """What commands say in one machine, as far as both could say the same."""

    def __init__(self, machine: Machine, *, stopped: bool = False) -> None:
        self._machine = machine
        for sender, recipients in MAIL.items():
            machine.run("sendmail", "-f", sender, *recipients, text=TEXT)
        if not stopped:
            machine.wait_for("all of it waits", self._all_wait, 30)
        ids = {entry["sender"]: entry["queue_id"] for entry in self._entries()}
        self._names = {
            ids["one@example.org"]: "ONE",
            ids["MAILER-DAEMON"]: "NOBODY",
            ids["two@example.org"]: "TWO",
        }

    def said(self, command: str, user: str | None = None) -> tuple[str, int, str, str]:
        """The command, its exit code, its output and its errors."""
        script = command
        for queue_id, name in self._names.items():
            script = re.sub(rf"\b{name}\b", queue_id, script)
        done = self._machine.attempt("sh", "-c", script, user=user)
        out = self._likened(done.stdout)
        if "queue_id" in out or "Sender/Recipient" in out:
            # Each lists messages, and recipients of one, in an order of its own.
            out = "\n".join(sorted(out.splitlines()))
        return command, done.returncode, out, self._likened(done.stderr)

    def _all_wait(self) -> bool:
        entries = self._entries()
        return len(entries) == len(MAIL) and all(
            recipient.get("delay_reason") for entry in entries for recipient in entry["recipients"]
        )

    def _entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._machine.run("postqueue", "-j").splitlines()]

    def _likened(self, text: str) -> str:
        for queue_id, name in self._names.items():
            # Theirs are longer than ours, and both stand in a column.
            text = re.sub(rf"{queue_id}(\S*) *", rf"{name}\1 ", text)
        # Which socket of its own does not answer.
        down = "accessing queue directly|mail system is down"
        text = re.sub(rf"(?m)({down}) \(.*\)$", r"\1", text)
        text = re.sub(r"\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d", "SIZE DATE", text)
        text = re.sub(r'"(arrival_time|message_size)": \d+', r'"\1": 0', text)
        text = re.sub(r"^-- \d+ Kbytes", "-- 0 Kbytes", text, flags=re.MULTILINE)
        return re.sub(r"(?:deferred|hold)/(?:\w/)?", "", text)
