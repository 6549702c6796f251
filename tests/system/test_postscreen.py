"""Where master.cf has postscreen, clients wait for their turn, and a proxy may speak for them."""

import socket
import time

from system.dialogue import send, talk
from system.mailer import MASTER_CF, Mailer

POSTSCREEN = """
smtp inet n - n - 1 postscreen
smtpd pass - - n - - smtpd
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
2525 inet n - n - - smtpd
    -o smtpd_upstream_proxy_protocol=haproxy
"""


def screened(mail: Mailer) -> None:
    """master.cf as Postfix's manual has it for postscreen."""
    lines = mail.machine.read(MASTER_CF).splitlines()
    others = [line for line in lines if not line.startswith("smtp ") or " inet " not in line]
    mail.machine.write(MASTER_CF, "\n".join(others) + POSTSCREEN)
    mail.set(
        postscreen_access_list="",
        postscreen_greet_wait="1s",
        postscreen_greet_banner="one moment",
        postscreen_greet_action="drop",
        mynetworks="[::1]/128",
    )


def test_a_client_waits_once_and_one_that_does_not_is_sent_away(mail: Mailer) -> None:
    screened(mail)
    began = time.monotonic()
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    assert time.monotonic() - began > 0.9
    mail.wait_for_mail("alice")
    mail.wait_for_log(r"postscreen: PASS NEW \[127\.0\.0\.1\]:\d+$")
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_log(r"postscreen: PASS OLD \[127\.0\.0\.1\]:\d+$")

    mail.set(postscreen_greet_wait="20s")
    early = mail.machine.connect()
    early.sendall(b"EHLO spam.example\r\n")
    assert heard(early).splitlines()[-1] == "521 5.5.1 Protocol error"
    mail.wait_for_log(r"postscreen: PREGREET 19 after \S+ from \[127\.0\.0\.1\]:\d+: EHLO spam")


def heard(connection: socket.socket) -> str:
    """All that comes until the other end hangs up."""
    with connection, connection.makefile("rb") as replies:
        return replies.read().decode()


def test_a_proxy_says_who_the_client_is(mail: Mailer) -> None:
    screened(mail)
    connection = mail.machine.connect(port=2525)
    connection.sendall(b"PROXY TCP4 192.0.2.1 192.0.2.9 4711 25\r\n")
    send(connection, "sender@example.net", "alice@example.org")
    (message,) = mail.wait_for_mail("alice")
    assert "(unknown [192.0.2.1])" in message["Received"]
    refused = "S: 421 4.3.0 mail.example.org Server local error"
    stranger = mail.machine.connect(port=2525)
    stranger.sendall(b"EHLO client.example\r\n")
    talk(stranger, refused)
