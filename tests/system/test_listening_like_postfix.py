"""Where a service of one's own listens, with which buffers, and under which facility it logs: all
as in Debian's Postfix."""

import re
from typing import NamedTuple

from machine import Machine
from system.comparison import assert_alike, field_by_field
from system.dialogue import talk
from system.mailer import Mailer

PORT = 20_026
LOCAL3 = "SYSLOG_FACILITY=19"
PARAMETERS = {
    "known_tcp_ports": f"smtp=25, mine = {PORT}",
    "tcp_windowsize": "8192",
    "syslog_facility": "local3",
    "myhostname": "mail.example.org",
}
_RECEIVES = re.compile(r"\brb(\d+)\b")


class Seen(NamedTuple):
    buffer: list[str]
    log: list[str]


def test_ports_by_name_buffers_and_facility(postfix: Machine, mail: Mailer) -> None:
    directories = ((mail.machine, "/etc/postroom"), (postfix, "/etc/postfix"))
    for machine, directory in directories:
        machine.run("postconf", "-e", *(f"{name}={text}" for name, text in PARAMETERS.items()))
        machine.sh(f"echo 'mine inet n - n - - smtpd' >> {directory}/master.cf")
    mail.reload()
    postfix.sh("systemctl reset-failed postfix; systemctl restart postfix")
    assert_alike(field_by_field("listening", _seen(mail.machine), _seen(postfix)))


def _seen(machine: Machine) -> Seen:
    since = machine.from_now_on()
    machine.wait_for("the listener", lambda: machine.run("ss", "-Hltn", "sport", "=", str(PORT)))
    talk(machine.connect(PORT), "S: 220\nC: HELO x.example\nS: 250\nC: QUIT\nS: 221")
    log = machine.wait_for(
        "a word on the client",
        lambda: [one for one in machine.messages(since, LOCAL3) if "disconnect from" in one],
    )
    sockets = machine.run("ss", "-Hl4tnm", "sport", "=", str(PORT))
    return Seen(_RECEIVES.findall(sockets), log)
