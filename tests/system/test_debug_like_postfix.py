"""Of clients in debug_peer_list the log has what is said, in the lines of Debian's Postfix."""

import re

from machine import Machine
from system.dialogue import talk
from system.mailer import Mailer
from system.postfix import start_postfix
from system.sink import RELAYHOST, sink

PARAMETERS = {"debug_peer_list": "127.0.0.2", "inet_interfaces": "all", "smtpd_banner": "hello"}
SESSION = """
    S: 220 hello
    C: HELO client.example.net
    S: 250
    C: MAIL FROM:<sender@example.net>
    S: 250 2.1.0 Ok
    C: NONSENSE
    S: 500
    C: QUIT
    S: 221 2.0.0 Bye
"""
NAMED = re.compile(r"postfix/smtpd: ([<>] [^ ]*\[127\.0\.0\.\d\]: .*)")


def test_what_watched_clients_say_and_hear_is_logged_as_by_postfix(
    postfix: Machine, mail: Mailer
) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    ours, theirs = (watched(machine) for machine in (mail.machine, postfix))
    postfix.run("postconf", "-X", *PARAMETERS)
    assert ours == theirs
    assert len(ours) == SESSION.count("S:") + SESSION.count("C:")


def watched(machine: Machine) -> list[str]:
    """The lines of a session of each of two clients, one of whom is watched."""
    since = machine.from_now_on()
    for source in ("127.0.0.1", "127.0.0.2"):
        talk(machine.connect(source=source), SESSION)

    def both() -> list[str]:
        lines = machine.messages(since)
        ended = [line for line in lines if "disconnect from" in line]
        return lines if len(ended) == 2 else []

    lines = machine.wait_for("the end of both sessions", both, 30)
    found = [NAMED.fullmatch(line) for line in lines]
    return [re.sub(r"^(. )\S*\[", r"\1client[", match[1]) for match in found if match]


SENDING = {
    "myhostname": "mail.example.org",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "debug_peer_list": "127.0.0.1",
    "debug_peer_level": "1",
    "relayhost": RELAYHOST,
    "default_transport": "smtp",
    "defer_transports": "",
    "smtp_connection_cache_on_demand": "no",
}
TO_SERVER = re.compile(r"postfix/smtp: ([<>]) \S*\[127\.0\.0\.1\]:2525: (.*)")


def test_what_is_said_to_watched_servers_is_logged_as_by_postfix(
    postfix: Machine, mail: Mailer
) -> None:
    mail.set(**SENDING)
    start_postfix(postfix, SENDING)
    ours, theirs = (sending(machine) for machine in (mail.machine, postfix))
    postfix.run("postconf", "-X", *SENDING)
    assert ours == theirs
    assert "> ." in ours[0]
    assert len(ours[1]) > 5


def sending(machine: Machine) -> tuple[list[str], list[str]]:
    """What was said to a server, and what it said, of one message."""
    since = machine.from_now_on()

    def delivered() -> list[str]:
        lines = machine.messages(since)
        return lines if any("status=sent" in line for line in lines) else []

    with sink(machine):
        machine.run("sendmail", "-f", "a@example.org", "b@far.example", user="alice", text="\nx\n")
        lines = machine.wait_for("the delivery", delivered, 30)
    found = [match for line in lines if (match := TO_SERVER.fullmatch(line))]
    said = [f"{one[1]} {re.sub('SIZE=[0-9]+', 'SIZE', one[2])}" for one in found]
    return [x for x in said if x[0] == ">"], [x for x in said if x[0] == "<"]
