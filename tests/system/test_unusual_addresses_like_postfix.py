"""Addresses that need quotes, or are beyond ASCII, are taken, sent on and logged as by Postfix."""

import re
from collections.abc import Mapping, Sequence

import pytest

from machine import Machine
from system.mailer import Mailer
from system.postfix import start_postfix

# All mail goes to a server beside, which knows no SMTPUTF8 and takes nothing.
SERVER = (
    "2525 inet n - n - - smtpd -o smtpd_discard_ehlo_keywords=smtputf8,silent-discard "
    "-o myhostname=other.example -o smtpd_recipient_restrictions=reject"
)
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "mynetworks": "127.0.0.0/8",
    "inet_interfaces": "loopback-only",
    "relayhost": "[127.0.0.1]:2525",
    "defer_transports": "",
    "enable_long_queue_ids": "yes",
    "smtp_connection_cache_on_demand": "no",
    # Many are refused in one session.
    "smtpd_hard_error_limit": "1000",
    "smtpd_error_sleep_time": "0",
}
UNUSUAL = ("grå@x.example", "a@grå.example", "grå@grå.example", '"a b"@x.example', "a@x.example")
SAID = (
    *(f"MAIL FROM:<{one}>{utf8}\r\nRSET" for one in UNUSUAL for utf8 in ("", " SMTPUTF8")),
    *(
        f"MAIL FROM:<s@x.example>{utf8}\r\nRCPT TO:<{one}>\r\nRSET"
        for one in UNUSUAL
        for utf8 in ("", " SMTPUTF8")
    ),
    *(f"VRFY {one}" for one in UNUSUAL if " " not in one),
)


@pytest.mark.parametrize("enabled", ["yes", "no"])
@pytest.mark.parametrize("strict", ["yes", "no"])
def test_the_same_addresses_are_taken(
    postfix: Machine, mail: Mailer, enabled: str, strict: str
) -> None:
    parameters = PARAMETERS | {"smtputf8_enable": enabled, "strict_smtputf8": strict}
    mail.set(**parameters)
    start_postfix(postfix, parameters)
    said = SAID if enabled == "yes" else [one for one in SAID if "SMTPUTF8" not in one]
    lines = [line for command in said for line in command.split("\r\n")]
    ours, theirs = (spoken(machine, lines) for machine in (mail.machine, postfix))
    differences = [
        f"{line}:\n{our}{their}"
        for line, our, their in zip(lines, ours, theirs, strict=True)
        if our != their
    ]
    assert not differences, "\n".join(differences)


def spoken(machine: Machine, lines: Sequence[str]) -> list[str]:
    """The reply to each line of one session."""
    with machine.connect() as connection, connection.makefile("rwb", buffering=0) as stream:
        replies = []
        for line in ("", "EHLO client.example.net", *lines):
            if line:
                stream.write(f"{line}\r\n".encode())
            while (reply := stream.readline().decode())[3:4] == "-":
                continue
            replies.append(reply)
    return replies[2:]


@pytest.mark.parametrize(
    "setting",
    [
        {"smtputf8_autodetect_classes": "sendmail, verify"},
        {"smtputf8_autodetect_classes": "smtpd", "info_log_address_format": "internal"},
    ],
    ids=str,
)
def test_mail_is_sent_on_and_logged_alike(
    postfix: Machine, mail: Mailer, setting: Mapping[str, str]
) -> None:
    parameters = PARAMETERS | setting
    for machine in (mail.machine, postfix):
        machine.run("postconf", "-M", f"2525/inet={SERVER}")
    mail.set(**parameters)
    start_postfix(postfix, parameters)
    ours, theirs = (logged(machine) for machine in (mail.machine, postfix))
    differences = [
        f"{our}\n{their}" for our, their in zip(ours, theirs, strict=True) if our != their
    ]
    assert not differences, "\n".join(differences)
    assert len(ours) == 5 * len(MESSAGES)


def logged(machine: Machine) -> list[str]:
    """What the log says of addresses, for messages of a user and of a client."""
    begin = machine.from_now_on()
    for sender, recipient, subject in MESSAGES:
        content = f"Subject: {subject}\n\nbody\n"
        # Reports would be mail, too.
        command = ("sendmail", "-N", "never", "-f", sender, recipient)
        machine.run(*command, user="alice", text=content)
        data = f"{content}.".replace("\n", "\r\n")
        dialogue = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}> NOTIFY=NEVER", "DATA", data]
        assert spoken(machine, dialogue)[-1].startswith("250 ")

    def settled() -> list[str]:
        lines = machine.messages(begin)
        gone = sum(": removed" in line for line in lines)
        return lines if gone >= 2 * len(MESSAGES) and "empty" in machine.run("mailq") else []

    lines = machine.wait_for("all mail to be gone", settled, 60)
    return sorted(_CHANGING.sub("…", line) for line in lines if _OF_ADDRESSES.search(line))


MESSAGES = (
    ("s@x.example", "a@x.example", "plain"),
    ("s@x.example", "a@x.example", "grå"),
    ("grå@x.example", "a@x.example", "plain"),
    ("s@x.example", "grå@x.example", "plain"),
    ('"s t"@x.example', '"a b"@x.example', "plain"),
)
_OF_ADDRESSES = re.compile(r"postfix/(?:smtp|qmgr|pickup): \w+: .*(?:from|to)=<(?!>)")
_CHANGING = re.compile(r"(?<=: )\w{13,}(?=: )|(?<=size=)\d+|delays?=[\d.]+(?:/[\d.]+)*")


def test_delays_are_as_precise_as_main_cf_wants(postfix: Machine, mail: Mailer) -> None:
    for digits, form in (("0", r"\d+(?:/\d+){3}"), ("5", r".*\d\.\d{3,5}\b.*")):
        parameters = PARAMETERS | {
            "defer_transports": "smtp",
            "delay_logging_resolution_limit": digits,
        }
        mail.set(**parameters)
        start_postfix(postfix, parameters)
        for machine in (mail.machine, postfix):
            begin = machine.from_now_on()
            machine.run("sendmail", "a@x.example", user="alice", text="\n")
            line = machine.wait_for(
                "a delivery",
                lambda m=machine, b=begin: [x for x in m.messages(b) if "delays=" in x],
            )[0]
            assert re.fullmatch(form, line.split("delays=")[1].split(",")[0]), line
            machine.run("postsuper", "-d", "ALL")
