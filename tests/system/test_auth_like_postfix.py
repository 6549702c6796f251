"""AUTH and STARTTLS word for word as Debian's Postfix says them, with a Dovecot behind either."""

import base64
import re
import socket

from system.mailer import Mailer
from system.provider import PASSWORD as PROVIDER_PASSWORD
from system.provider import USER as PROVIDER_USER
from system.provider import Provider
from system.submission_service import PASSWORD, USER, offer_submission

# RIGHT and WRONG stand for a password, USER for a name, in base64.
DIALOGUES = (
    ("EHLO x", "AUTH", "AUTH FOO", "AUTH PLAIN !!", "AUTH PLAIN x y", "AUTH PLAIN =", "QUIT"),
    ("EHLO x", "AUTH PLAIN", "*", "AUTH PLAIN", "!!", "AUTH PLAIN", "A" * 13000, "NOOP", "QUIT"),
    ("EHLO x", "AUTH LOGIN", "USER", "WRONG", "AUTH LOGIN", "USER", "*", "QUIT"),
    ("EHLO x", "MAIL FROM:<>", "AUTH PLAIN RIGHT", "RSET", "auth plain RIGHT", "AUTH PLAIN",
     "QUIT"),
    ("EHLO x", "AUTH PLAIN RIGHT", "MAIL FROM:<a@b.example> AUTH=<>", "RSET", "MAIL FROM:<> AUTH=",
     "RSET", "EHLO y", "QUIT"),
    ("EHLO x", "STARTTLS x", "STARTTLS"),
)  # fmt: skip
MUST_DIALOGUES = (
    ("HELP", "RSET", "VRFY x", "NOOP", "HELO x", "EHLO x", "ETRN x.example", "AUTH PLAIN", "FOO"),
    ("EHLO x", "MAIL FROM:<>", "RSET", "MAIL FROM:<a@b.example>", "QUIT"),
)
# Their own commands; the others are in Postfix's list alone.
_HELP = re.compile(r"214 2.0.0 Commands: .*")


def replies(connection: socket.socket, commands: tuple[str, ...], words: dict[str, str]) -> str:
    """What was said, without the server's name."""
    said = []
    with connection, connection.makefile("rb") as file:
        for command in ("", *commands):
            if command:
                line = " ".join(words.get(word, word) for word in command.split(" "))
                connection.sendall(f"{line}\r\n".encode())
            said.append(f"> {command[:40]}")
            while (reply := file.readline().decode().rstrip())[3:4] == "-":
                said.append(reply)
            said.append(reply)
    said[1] = "(greeting)"
    return _HELP.sub("214", "\n".join(said))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def words_for(user: str, password: str) -> dict[str, str]:
    return {
        "RIGHT": encoded(f"\0{user}\0{password}"),
        "USER": encoded(user),
        "WRONG": encoded("wrong"),
    }


def test_replies_and_log_lines_are_those_of_postfix(mail: Mailer, provider: Provider) -> None:
    ours, theirs = words_for(USER, PASSWORD), words_for(PROVIDER_USER, PROVIDER_PASSWORD)
    sasl = {"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_type": "dovecot"}
    same = {"smtpd_sasl_path": "private/auth", "myhostname": "same.example"}
    peer_names = {"smtpd_peername_lookup": "no", "smtpd_error_sleep_time": "0"}
    offer_submission(mail, smtpd_sasl_auth_enable="yes", myhostname="same.example", **peer_names)
    provider.set(**sasl, **same, **peer_names)
    for level, dialogues in (("may", DIALOGUES), ("encrypt", MUST_DIALOGUES)):
        mail.set(smtpd_tls_security_level=level)
        provider.set(smtpd_tls_security_level=level)
        for dialogue in dialogues:
            postfix = replies(provider.machine.connect(), dialogue, theirs)
            assert replies(mail.machine.connect(), dialogue, ours) == postfix
    told = [line for line in mail.mail_log() if "SASL" in line or "disconnect" in line]
    postfix_told = [line for line in provider.log("") if "SASL" in line or "disconnect" in line]
    assert [line.replace(USER, "USER") for line in told] == [
        line.replace(PROVIDER_USER, "USER") for line in postfix_told[-len(told) :]
    ]
