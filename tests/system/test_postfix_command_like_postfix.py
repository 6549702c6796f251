"""``postfix start``, ``reload``, ``status`` and the others: said, logged and answered as Debian's
Postfix does, in a machine beside."""

import re

from machine import Machine
from system.comparison import assert_alike
from system.mailer import Mailer
from system.postfix import start_postfix

# In order: each finds the mail system as those before left it.
COMMANDS = (
    "postfix status",
    "postfix start",
    "postfix check",
    "postfix reload",
    "postfix -v -D reload",
    "postfix flush",
    "postfix",
    "postfix nosuch",
    "postfix -x",
    "postfix -c relative status",
    "postfix -c /nonexistent status",
    "MAIL_CONFIG=/nonexistent postfix reload",
    "postfix tls",
    "postfix tls nosuch",
    "postfix set-permissions",
    "postfix upgrade-configuration",
    "postfix post-install create-missing",
    "postfix stop",
    "postfix status",
    "postfix stop",
    "postfix reload",
    "postfix abort",
    "postfix flush",
    "postfix check",
    "postfix start",
    "postfix status",
    "postfix abort",
    "postfix abort",
    "postfix start",
)
SCRIPTS = ("-t", "postfix/postfix-script", "-t", "postfix/postfix-tls-script")
OF_USERS = ("postfix status", "postfix reload", "postfix nosuch")


def test_the_same_is_answered_and_logged(postfix: Machine, mail: Mailer) -> None:
    start_postfix(postfix, {"inet_interfaces": "loopback-only"})
    assert_alike(
        (command, _said(mail.machine, command), _said(postfix, command)) for command in COMMANDS
    )


def test_users_are_told_that_it_is_not_for_them(postfix: Machine, mail: Mailer) -> None:
    for command in OF_USERS:
        ours, theirs = (
            machine.attempt("sh", "-c", f"/usr/sbin/{command}", user="alice")
            for machine in (mail.machine, postfix)
        )
        assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr)


def test_what_is_not_offered_fails_and_says_why(mail: Mailer) -> None:
    for command in ("start-fg", "logrotate", "tls enable-client", "post-install upgrade-source"):
        done = mail.machine.attempt("postfix", *command.split())
        assert done.returncode == 1
        assert f"fatal: 'postfix {command}' is not offered: " in done.stderr


def test_a_configuration_in_error_does_not_take_effect(mail: Mailer) -> None:
    mail.machine.sh("echo message_size_limit = many >> /etc/postroom/main.cf")
    for command in ("check", "reload"):
        done = mail.machine.attempt("postfix", command)
        assert done.returncode == 1
        assert "message_size_limit" in done.stderr
    assert mail.machine.attempt("postfix", "status").returncode == 0


def _said(machine: Machine, command: str) -> tuple[int, str, str, tuple[str, ...]]:
    """Exit code, output, errors, and what stands in the mail log behind those before."""
    before = len(machine.messages(*SCRIPTS))
    done = machine.attempt("sh", "-c", command)
    logged = machine.messages(*SCRIPTS)[before:]
    return done.returncode, done.stdout, _likened(done.stderr), tuple(map(_likened, logged))


def _likened(text: str) -> str:
    """There is no process of ours to name, and Debian's says how systemd comes in."""
    text = re.sub(r"is running: (PID: \d+|postroom\.target)", "is running: IT", text)
    text = re.sub("redirecting the Postfix .* postfix.service", "starting the mail system", text)
    text = text.replace("starting the Postfix mail system", "starting the mail system")
    # What -v adds, and what getopt(3) and Python each say before the usage.
    text = re.sub(r"^postfix: (name_mask|inet_addr_local): .*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^\w+: (?:invalid )?option .*\n", "", text, flags=re.MULTILINE)
