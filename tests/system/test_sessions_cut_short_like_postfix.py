"""A session that ends without QUIT, or takes too long, is told of as by Debian's Postfix."""

import re
from collections.abc import Sequence

from machine import Machine
from system.comparison import assert_alike
from system.mailer import Mailer
from system.postfix import start_postfix

PARAMETERS = {
    "inet_interfaces": "all",
    "smtpd_timeout": "2s",
    "smtpd_hard_error_limit": "2",
    "smtpd_error_sleep_time": "0",
    "smtpd_client_connection_count_limit": "0",
}
TO_RCPT = ["EHLO client.example", "MAIL FROM:<a@example.net>", "RCPT TO:<alice@example.org>"]
MESSAGE = [*TO_RCPT, "DATA", "Subject: hi\r\n\r\nhello\r\n."]
# What the client says, line by line, before it is gone, or silent.
TALKS = (
    [],
    ["EHLO client.example"],
    ["HELO client.example"],
    ["NOOP"],
    ["NONSENSE"],
    ["EHLO client.example", "MAIL FROM:<a@example.net>"],
    ["EHLO client.example", "MAIL FROM:<a b@example.net>"],
    TO_RCPT,
    [*TO_RCPT, "RSET"],
    [*TO_RCPT, "RCPT TO:<nobody-such@example.org>"],
    [*TO_RCPT, "DATA"],
    MESSAGE,
    [*MESSAGE, "RSET"],
    [*MESSAGE, "MAIL FROM:<a@example.net>"],
    ["NONSENSE", "NONSENSE"],
    ["HELO client.example\r\nNOOP"],
    ["EHLO client.example\r\nNOOP"],
)
SILENCES = ([], TO_RCPT, [*TO_RCPT, "DATA"], MESSAGE)
ENDINGS = r"lost connection|timeout|too many errors|improper|disconnect from"


def test_who_hangs_up_is_told_of_in_the_same_words(postfix: Machine, mail: Mailer) -> None:
    _begin(postfix, mail)
    _compare(postfix, mail, TALKS, silent=False)


def test_who_keeps_silent_is_told_of_in_the_same_words(postfix: Machine, mail: Mailer) -> None:
    _begin(postfix, mail)
    _compare(postfix, mail, SILENCES, silent=True)


def _begin(postfix: Machine, mail: Mailer) -> None:
    ours = PARAMETERS | {"mydestination": "example.org", "myhostname": "mail.example.org"}
    mail.set(**ours)
    start_postfix(postfix, ours)


def _compare(postfix: Machine, mail: Mailer, talks: Sequence[list[str]], *, silent: bool) -> None:
    assert_alike(
        (talk, _told(mail.machine, talk, silent), _told(postfix, talk, silent)) for talk in talks
    )


def _told(machine: Machine, talk: list[str], silent: bool) -> list[str]:
    """The log of a session, without its queue ids."""
    since = machine.from_now_on()
    with machine.connect() as connection, connection.makefile("rb") as replies:
        replies.readline()
        for line in talk:
            connection.sendall(line.encode() + b"\r\n")
            while replies.readline()[3:4] == b"-":
                pass
        if silent:
            connection.settimeout(20)
            replies.read()

    def ended() -> list[str]:
        lines = machine.messages(since)
        found = [line for line in lines if re.search(ENDINGS, line)]
        return found if any("disconnect from" in line for line in found) else []

    lines = machine.wait_for("the end of the session", ended, 20)
    return [
        re.sub(r"\b[0-9A-Za-z]{9,}: (?=lost|timeout|too|improper)", "ID: ", line) for line in lines
    ]
