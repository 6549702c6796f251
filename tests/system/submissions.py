"""What calls of sendmail(1) say and store, in a form in which two mailers can be compared."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from machine import Machine
from system.comparison import assert_alike, field_by_field
from system.sendmail_calls import Call
from system.settled import settled

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "default_transport": "smtp",
    "relayhost": "",
    "virtual_alias_maps": "",
    "allow_min_user": "yes",
    # All stays in the queue, where it is looked at.
    "defer_transports": "smtp,local",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
}
ATTRIBUTE = re.compile("trace|envid|ret|notify")
TIMES_AND_IDS = re.compile(
    r"\(Post\w+, from|\tid \w+; |<[\w.]+@mail.example.org>|\w+, \d+ \w+ 20\d\d [\d:]+"
)
# Postfix has "sendmail -bs" spoken by its smtpd, which adds a field of its own.
OF_SMTPD = re.compile(r"Received: from me [^;]*;.*\n(?:\t.*\n)*")
# Makes the calls, in the machine; JSON in lines, in and out.
CALLER = """
import json, subprocess, sys
for line in sys.stdin:
    command, text, user = json.loads(line)
    done = subprocess.run(["runuser", "-u", user, "--", "sh", "-c", command],
                          input=text.encode("latin-1"), capture_output=True, timeout=30)
    print(json.dumps([done.returncode, done.stdout.decode("latin-1"),
                      done.stderr.decode("latin-1")]))
"""


class Outcome(NamedTuple):
    """What a call says and leaves in the queue, as far as both mailers could do the same."""

    code: int
    output: str
    complaint: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    content: str = "none"


def compare(calls: Sequence[Call], ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> None:
    """Each call has the same outcome with both, but those that are said to differ, which do."""
    rows = [*zip(calls, ours, theirs, strict=True)]
    assert_alike(
        compared
        for call, our, their in rows
        if not call.differs
        for compared in field_by_field(f"{call!r:.200}", our, their)
    )
    alike = [call for call, our, their in rows if call.differs and our == their]
    assert not alike, f"{alike!r:.2000}"


def submissions(machine: Machine, calls: Sequence[Call], without_message: int = 0) -> list[Outcome]:
    """``without_message``: how many of the calls succeed and store nothing, at most."""
    outcomes = said(machine, calls)
    least = sum(done.code == 0 for done in outcomes) - without_message

    machine.wait_for("the calls' mail", lambda: len(settled(machine) or ()) >= least, 60)
    records = machine.run("postcat", "-q", *(settled(machine) or ()), seconds=60)
    for record in re.split(r"\*\*\* ENVELOPE RECORDS [^\n]*\n", records)[1:]:
        number = re.search(r"CALL(\d+)_", record)
        # Postfix has reported already on what cannot be delivered.
        if number and "\nAuto-Submitted: auto-replied\n" not in record:
            outcomes[int(number[1])] = with_message(outcomes[int(number[1])], record)
    return outcomes


def with_message(outcome: Outcome, record: str) -> Outcome:
    envelope, content, extracted, _ = re.split(r"\*\*\* .* \*\*\*\n", record)
    envelope += extracted
    pairs = re.findall(r"(?m)^original_recipient: (.*)\n(?:done_)?recipient: (.*)$", envelope)
    named = re.findall(r"(?m)^named_attribute: (.*)$", envelope)
    return outcome._replace(
        sender="".join(re.findall(r"(?m)^sender: (.*)$", envelope)),
        recipients=tuple(sorted(f"{original} as {address}" for original, address in pairs)),
        attributes=(
            *re.findall("(?m)^verp_delimiters: .*$", envelope),
            *sorted({one for one in named if ATTRIBUTE.match(one)}),
            encoding(named),
        ),
        content=TIMES_AND_IDS.sub("...", OF_SMTPD.sub("", content)),
    )


def encoding(attributes: list[str]) -> str:
    """The last one counts, and where there is none it is as if it were 7bit."""
    return next(
        (one for one in reversed(attributes) if one.startswith("encoding=")), "encoding=7bit"
    )


def said(machine: Machine, calls: Sequence[Call]) -> list[Outcome]:
    lines = [
        json.dumps((call.command, text(call.text, f"CALL{number}_"), call.user)) + "\n"
        for number, call in enumerate(calls)
    ]
    output = machine.run("python3", "-c", CALLER, text="".join(lines), seconds=300)
    done = (json.loads(line) for line in output.splitlines())
    return [Outcome(code, likened(out), complaint(err)) for code, out, err in done]


def text(given: str | bytes, tag: str) -> str:
    octets = given.encode() if isinstance(given, str) else given
    return octets.decode("latin-1").replace("TAG", tag)


def likened(output: str) -> str:
    """Of the replies in an SMTP session the codes; all else as it is."""
    return re.sub(r"(?m)^(\d\d\d) .*\r$", r"\1", re.sub(r"(?m)^\d\d\d-.*\r\n", "", output))


def complaint(errors: str) -> str:
    """The last one; how getopt(3) and other programs put things is their own."""
    last = errors.splitlines()[-1] if errors else ""
    program, _, words = last.partition(": ")
    return last if program in ("sendmail", "mailq") else words.partition(":")[0]
