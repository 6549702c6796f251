"""What stands in transport_maps and no other host takes is logged as by Debian's Postfix, in a
machine beside."""

import re

from machine import Machine
from system.comparison import assert_same_lines, timeless
from system.mailer import Mailer
from system.postfix import start_postfix

# Of another class than the service's, of its own, and none; sockets where nobody is.
TRANSPORTS = (
    *("error:5.1.1 gone", "error:4.1.1 gone", "error:2.0.0 gone", "error:gone", "error:5.1.1"),
    *("error:\t5.1.1 gone", "error:5.1.1\tgone"),
    *("retry:4.2.2 full", "retry:5.2.2 full", "retry:2.0.0 full", "retry:full"),
    *("discard:2.1.5 junk", "discard:4.0.0 junk", "discard:junk"),
    *("lmtp:unix:/nonexistent", "lmtp:unix:private/nosuch"),
)
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "default_transport": "smtp",
    "relayhost": "",
    "defer_transports": "",
    "virtual_alias_maps": "",
    "transport_maps": "texthash:/srv/transports",
    "notify_classes": "resource, software",
    "enable_long_queue_ids": "yes",
}
TABLE = "".join(f"u{number}@x.example {one}\n" for number, one in enumerate(TRANSPORTS))
PROGRAMS = ("error", "discard", "lmtp", "bounce", "defer")
_TIMES = re.compile(r" delay=\S+ delays=\S+")


def test_mail_from_nobody_is_logged_alike(postfix: Machine, mail: Mailer) -> None:
    for machine in (mail.machine, postfix):
        machine.write("/srv/transports", TABLE)
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    ours, theirs = (logged(machine) for machine in (mail.machine, postfix))
    assert_same_lines(ours, theirs)
    assert sum("ignoring dsn code" in line for line in ours) == 5


def logged(machine: Machine) -> list[str]:
    """The lines about one message for each transport, from now on."""
    since = machine.from_now_on()
    for number in range(len(TRANSPORTS)):
        machine.run("sendmail", "-f", "", f"u{number}@x.example", text="hello\n")
    machine.wait_for("all are tried", lambda: _tried(_lines(machine, since)), 30)
    return [timeless(_TIMES.sub("", line)) for line in _lines(machine, since)]


def _tried(lines: list[str]) -> bool:
    return sum("status=" in line for line in lines) == len(TRANSPORTS)


def _lines(machine: Machine, since: str) -> list[str]:
    return machine.messages(
        since, *(word for name in PROGRAMS for word in ("-t", f"postfix/{name}"))
    )
