"""``postroom stop`` and ``start``: what listens, what is refused, what waits."""

import subprocess
import threading
import time
from socket import socket
from typing import BinaryIO

import pytest

from system.dialogue import send, talk
from system.mailer import Mailer
from system.slow_host import SlowHost

# Fails if one of them does.
FOUR_AT_ONCE = """
for n in 1 2 3 4; do echo hello | sendmail bob & all="$all $!"; done
for one in $all; do wait $one; done
"""
# Seconds: less than a session that hands over a message may take to end.
PATIENCE = 10


def test_stopped_means_that_nothing_listens_and_nothing_runs(mail: Mailer) -> None:
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    mail.machine.run("postroom", "stop")
    with pytest.raises(ConnectionRefusedError):
        mail.machine.connect()
    mail.machine.wait_for("no service", lambda: not mail.running_services(), seconds=25)
    mail.machine.run("postroom", "start")
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice", 2)


def test_stopping_the_target_does_the_same(mail: Mailer) -> None:
    mail.machine.run("systemctl", "stop", "postroom.target")
    mail.machine.wait_for("nothing listens", lambda: not mail.listens(25), seconds=25)
    mail.machine.run("systemctl", "start", "postroom.target")
    talk(mail.machine.connect(), "S: 220\nC: QUIT\nS: 221")


def test_what_sendmail_takes_while_stopped_is_delivered_at_the_next_start(mail: Mailer) -> None:
    mail.machine.run("postroom", "stop")
    mail.machine.run("sendmail", "bob", user="alice", text="Subject: patience\n\nx\n")
    assert mail.mailbox("bob") == []
    assert " bob\n" in mail.queue()
    mail.machine.run("postroom", "start")
    (message,) = mail.wait_for_mail("bob", seconds=20)
    assert message["Subject"] == "patience"


def test_a_message_under_way_is_finished_when_the_service_stops(mail: Mailer) -> None:
    machine = mail.machine
    with machine.connect() as connection, connection.makefile("rb") as replies:
        _until_data(connection, replies)
        machine.run("systemctl", "--no-block", "stop", "postroom-smtpd@smtp.service")
        connection.sendall(b"Subject: last\r\n\r\nwords\r\n.\r\n")
        assert replies.readline().startswith(b"250 2.0.0 Ok: queued as")
    mail.wait_for_mail("alice")


def test_reload_does_not_cut_a_session(mail: Mailer) -> None:
    connection = mail.machine.connect()
    with connection, connection.makefile("rb") as replies:
        assert replies.readline().startswith(b"220 mail.example.org ESMTP")
        mail.set(smtpd_banner="$myhostname ESMTP changed")
        talk(mail.machine.connect(), "S: 220 mail.example.org ESMTP changed\nC: QUIT\nS: 221")
        connection.sendall(b"NOOP\r\n")
        assert replies.readline().startswith((b"250", b"421"))


def test_nobody_is_turned_away_by_a_reload(mail: Mailer) -> None:
    """Clients come one after the other while main.cf changes again and again."""
    machine, changed = mail.machine, threading.Event()

    def change() -> None:
        for number in range(4):
            mail.set(smtpd_banner=f"mail.example.org ESMTP {number}")
        changed.set()

    admin = threading.Thread(target=change)
    admin.start()
    greetings = []
    while not changed.is_set():
        with machine.connect() as connection, connection.makefile("rb") as replies:
            greetings.append(replies.readline())
    admin.join()
    assert len(greetings) > 20
    assert all(greeting.startswith(b"220 mail.example.org") for greeting in greetings)


@pytest.mark.parametrize("kind", ["socket", "service"])
def test_programs_send_mail_while_postdrop_restarts(mail: Mailer, kind: str) -> None:
    """Each message that sendmail is called with arrives, and arrives once."""
    machine, restarted = mail.machine, threading.Event()

    def restart() -> None:
        for _ in range(10):
            machine.sh(f"systemctl restart postroom-postdrop.{kind}; sleep 0.2")
            # systemd refuses to start often what seems to fail.
            machine.sh("systemctl reset-failed postroom-postdrop.service postroom-postdrop.socket")
        restarted.set()

    admin = threading.Thread(target=restart)
    admin.start()
    sent = 0
    while not restarted.is_set():
        machine.sh(FOUR_AT_ONCE)
        sent += 4
    admin.join()
    assert len(mail.wait_for_mail("bob", sent, seconds=60)) == sent


def test_abort_waits_for_nobody_and_loses_nothing(mail: Mailer, peer: Mailer) -> None:
    """A session is cut that a stop would have waited for; what was taken is delivered once."""
    machine = mail.machine
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    with machine.connect() as connection, connection.makefile("rb") as replies:
        _until_data(connection, replies)
        machine.run("sendmail", "zoe@example.net", user="alice", text="Subject: once\n\nx\n")
        begun = time.monotonic()
        machine.run("postroom", "abort")
        assert time.monotonic() - begun < PATIENCE
        assert replies.read() == b""
    machine.wait_for("no service", lambda: not mail.running_services(), seconds=25)
    assert "failed" not in machine.attempt("postroom", "status").stderr
    with pytest.raises(ConnectionRefusedError):
        machine.connect()
    machine.run("postroom", "start")
    (message,) = peer.wait_for_mail("zoe")
    assert message["Subject"] == "once"


def _until_data(connection: socket, replies: BinaryIO) -> None:
    for command, answer in (
        (b"", b"220"),
        (b"HELO client.example.net\r\n", b"250"),
        (b"MAIL FROM:<a@example.net>\r\n", b"250"),
        (b"RCPT TO:<alice@example.org>\r\n", b"250"),
        (b"DATA\r\n", b"354"),
    ):
        connection.sendall(command)
        assert replies.readline().startswith(answer)


def test_mail_that_was_under_way_is_held_while_all_is_stopped_and_delivered_once_released(
    mail: Mailer,
) -> None:
    machine, count = mail.machine, 6
    mail.set(relayhost="[127.0.0.1]:2525", smtp_destination_concurrency_limit="1")
    listener = machine.listen(2525, "127.0.0.1")
    everybody = [f"user{number}@far.example" for number in range(count)]
    with SlowHost(listener, seconds=1) as host:
        for recipient in everybody:
            send(machine.connect(), "alice@example.org", recipient)
        machine.run("postroom", "stop")
        held = machine.attempt("postsuper", "-h", "ALL").stderr
        left = count - len(host.deliveries)
        assert left > 0
        assert held == f"postsuper: Placed on hold: {left} message{'s' * (left > 1)}\n"
        machine.run("postroom", "start")
        assert mail.queue().count("! ") == left
        machine.run("postsuper", "-H", "ALL")
        machine.wait_for("all mail", lambda: len(host.deliveries) == count, 30)
        mail.wait_for_empty_queue()
        got = sorted(one for delivery in host.deliveries for one in delivery.recipients)
        assert got == everybody


def test_the_queue_manager_waits_for_whoever_is_at_work_on_the_spool(mail: Mailer) -> None:
    machine = mail.machine
    machine.run("postroom", "stop")
    machine.wait_for("no service", lambda: not mail.running_services(), seconds=25)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with machine.popen("flock", "/var/lib/postroom", "cat", **pipes) as at_work:
        assert at_work.stdin is not None
        assert at_work.stdout is not None
        at_work.stdin.write(b"begun\n")
        at_work.stdin.flush()
        assert at_work.stdout.readline() == b"begun\n"
        machine.run("postroom", "start")
        machine.run("sendmail", "bob", user="alice", text="Subject: patience\n\nx\n")
        busy = "fatal: the spool cannot be used: .*another process is at work on it"
        mail.wait_for_log(f"postfix/qmgr: {busy}")
        at_work.stdin.close()
        assert at_work.wait() == 0
    (message,) = mail.wait_for_mail("bob", seconds=20)
    assert message["Subject"] == "patience"
    assert mail.queue() == "Mail queue is empty\n"
