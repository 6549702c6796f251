"""postlog(1): what a script says is in the log, and answered, as with Debian's Postfix."""

import json
import re
from typing import NamedTuple

from machine import Machine
from system.comparison import assert_alike
from system.mailer import Mailer
from system.postfix import start_postfix

COMMANDS = (
    "postlog hello, world",
    "postlog -p info hello",
    "postlog -p warn take care",
    "postlog -p warning take care",
    "postlog -p error this went wrong",
    "postlog -p fatal that is the end",
    "postlog -p panic 'two  spaces'",
    "postlog -p INFO hello",
    "postlog -p nonsense hello",
    "postlog -t script -i hello",
    "postlog -t postfix/script hello",
    "printf 'one\\ntwo words\\n\\nthree' | postlog",
    "printf 'one\\n' | postlog -p warn -t script",
    "postlog </dev/null",
    "postlog -c /nonexistent hello",
    "MAIL_CONFIG=/nonexistent postlog hello",
    "postlog -z hello",
    "postlog 'caf\u00e9 \x01 end'",
    "script -qec 'postlog -t script hello' /dev/null",
    "script -qec 'postlog -p warn take care' /dev/null",
)


class Said(NamedTuple):
    """``records``: identifier, priority, text."""

    code: int
    output: str
    errors: str
    records: list[tuple[str, str, str]]


def test_the_same_is_answered_and_logged(postfix: Machine, mail: Mailer) -> None:
    start_postfix(postfix, {"inet_interfaces": "loopback-only"})
    assert_alike(
        (command, _said(mail.machine, command), _said(postfix, command)) for command in COMMANDS
    )


def test_an_ordinary_user_may_say_something_too(mail: Mailer, postfix: Machine) -> None:
    for machine in (mail.machine, postfix):
        said = _said(machine, "/usr/sbin/postlog hello", user="alice")
        assert (said.code, said.records) == (0, [("postfix/postlog", "6", "hello")])


def _said(machine: Machine, command: str, user: str = "root") -> Said:
    cursor = machine.run("journalctl", "-n0", "--show-cursor").split("cursor: ")[1].strip()
    done = machine.attempt("sh", "-c", command, user=user)
    machine.run("journalctl", "--sync")
    found = machine.run("journalctl", "-ojson", "--after-cursor", cursor, "SYSLOG_FACILITY=2")
    entries = [json.loads(line) for line in found.splitlines()]
    records = [(e["SYSLOG_IDENTIFIER"], e["PRIORITY"], e["MESSAGE"]) for e in entries]
    # What getopt(3) and Python each say before the usage.
    errors = re.sub(r"^\w+: (?:invalid )?option .*\n", "", done.stderr, flags=re.MULTILINE)
    return Said(done.returncode, done.stdout, errors, records)
