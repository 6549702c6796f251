"""Commands behind sockets: lines of master.cf with spawn(8), as policy servers have them."""

from system.mailer import Mailer

# Answers as a policy server does (SMTPD_POLICY_README), and tells who it is.
POLICY = r"""#!/usr/bin/python3
import os, sys
asked = dict(line.rstrip("\n").split("=", 1) for line in iter(sys.stdin.readline, "\n") if line)
print("action=PREPEND X-Seen:", asked["sender"], os.getuid(), os.getgid(), *os.environ, "\n")
"""
REQUEST = "request=smtpd_access_policy\nsender=me@example.net\n\n"
LINES = """\
policy unix - n n - 0 spawn
  user=alice:mail argv=/usr/local/bin/policy
127.0.0.1:2525 inet n n n - 2 spawn user=bob argv=/usr/local/bin/policy
slow unix n n n - 1 spawn user=bob argv=/bin/sh -c { echo begun; sleep 60; }
gone unix n n n - - spawn user=nosuchuser argv=/bin/cat
"""


def with_lines(mail: Mailer) -> None:
    mail.machine.write("/usr/local/bin/policy", POLICY, 0o755)
    mail.machine.sh(f"cat >>/etc/postroom/master.cf <<'END'\n{LINES}END")
    mail.set(slow_time_limit="1s")


def test_a_policy_server_behind_a_socket_and_behind_a_port(mail: Mailer) -> None:
    with_lines(mail)
    ids = mail.machine.sh("id -u alice; getent group mail | cut -d: -f3; id -u bob; id -g bob")
    alice, mail_group, bob, bob_group = ids.split()
    by_socket = mail.machine.run("nc", "-NU", "/run/postroom/policy", text=REQUEST)
    assert by_socket.startswith(f"action=PREPEND X-Seen: me@example.net {alice} {mail_group} PATH ")
    by_port = mail.machine.run("nc", "-N", "127.0.0.1", "2525", text=REQUEST)
    assert by_port.startswith(f"action=PREPEND X-Seen: me@example.net {bob} {bob_group} PATH ")
    for kept in ("CREDENTIALS_DIRECTORY", "LISTEN_FDS", "NOTIFY_SOCKET"):
        assert kept not in by_socket + by_port


def test_a_private_socket_is_not_for_everybody(mail: Mailer) -> None:
    with_lines(mail)
    tried = mail.machine.attempt("nc", "-NU", "/run/postroom/policy", user="alice", text=REQUEST)
    assert tried.returncode
    assert "Permission denied" in tried.stderr


def test_a_command_has_its_time_and_the_next_client_its_turn(mail: Mailer) -> None:
    with_lines(mail)
    said = mail.machine.sh(
        "for i in 1 2; do nc -NU /run/postroom/slow </dev/null & done; wait", seconds=20
    )
    assert said == "begun\nbegun\n"
    mail.wait_for_log("^postfix/spawn: warning: /bin/sh: process id .*: command time limit exceed")


def test_what_cannot_run_is_told_and_the_service_leaves(mail: Mailer) -> None:
    with_lines(mail)
    assert mail.machine.run("nc", "-NU", "/run/postroom/gone", text="x") == ""
    mail.wait_for_log("^postfix/spawn: warning: user=nosuchuser: no such user")
    mail.machine.wait_for(
        "spawn has left",
        lambda: not [name for name in mail.running_services() if "spawn" in name],
        15,
    )
