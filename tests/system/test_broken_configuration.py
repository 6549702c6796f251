"""A mistake in main.cf is told where its maker looks, and costs no mail."""

import pytest

from machine import Machine
from system.dialogue import send, talk
from system.mailer import MAIN_CF, Mailer

BROKEN = {
    "an unknown restriction": "smtpd_relay_restrictions = permit_mynetworks, rejekt_all\n",
    "a value that is no number": "message_size_limit = many\n",
    "an expression without its end": "mydestination = ${myhostname\n",
    "commands as root": "default_privs = root\n",
    "an unknown table type": "alias_maps = hsah:/etc/aliases\n",
}


def failed(mail: Mailer) -> str:
    return mail.machine.run("systemctl", "list-units", "--failed", "--no-legend", "postroom*")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_main_cf_keeps_every_socket_and_shows_a_failed_unit(
    mail: Mailer, text: str
) -> None:
    machine = mail.machine
    listening = machine.run("systemctl", "list-sockets", "--no-legend", "postroom*")
    machine.write(MAIN_CF, machine.read(MAIN_CF) + text)

    checked = machine.attempt("postroom", "check")
    assert checked.returncode != 0
    assert text.split(maxsplit=1)[0] in checked.stdout + checked.stderr

    refused = machine.attempt("postroom", "reload")
    assert refused.returncode != 0

    machine.run("systemctl", "daemon-reload")
    assert machine.run("systemctl", "list-sockets", "--no-legend", "postroom*") == listening
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    machine.run("sendmail", "alice", text="Subject: x\n\nx\n")
    mail.wait_for_mail("alice", 2)

    machine.wait_for("a failed unit", lambda: "postroom-config-error.service" in failed(mail))
    status = machine.attempt("systemctl", "status", "--no-pager", "postroom-config-error").stdout
    assert text.split(maxsplit=1)[0] in status


def test_the_failed_unit_is_gone_when_main_cf_is_right_again(mail: Mailer) -> None:
    machine = mail.machine
    good = machine.read(MAIN_CF)
    machine.write(MAIN_CF, good + BROKEN["a value that is no number"])
    machine.run("systemctl", "daemon-reload")
    machine.write(MAIN_CF, good)
    mail.reload()
    machine.wait_for("no failed unit", lambda: not failed(mail))
    talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")


def test_a_generator_that_cannot_run_python_keeps_the_sockets(mail: Mailer) -> None:
    machine = mail.machine
    listening = machine.run("systemctl", "list-sockets", "--no-legend", "postroom*")
    module = machine.sh("python3 -c 'import postroom_generator as m; print(m.__file__)'").strip()
    machine.run("mv", module, f"{module}.away")
    try:
        machine.run("systemctl", "daemon-reload")
        assert machine.run("systemctl", "list-sockets", "--no-legend", "postroom*") == listening
        talk(machine.connect(), "S: 220\nC: QUIT\nS: 221")
    finally:
        machine.run("mv", f"{module}.away", module)
        machine.run("systemctl", "daemon-reload")


@pytest.mark.parametrize(
    ("user", "refused"),
    [
        *(("root", True), ("toor", True), ("staff", True), ("$mail_owner", True)),
        *(("daemon", False), ("nobody", False)),
    ],
)
def test_default_privs_is_refused_for_whom_postfix_refuses_it(
    postfix: Machine, mail: Mailer, user: str, refused: bool
) -> None:
    for machine, path, check in (
        (mail.machine, MAIN_CF, "postroom"),
        (postfix, "/etc/postfix/main.cf", "postfix"),
    ):
        machine.sh("id toor || useradd -o -u 0 -g 0 toor; id staff || useradd -g 0 staff")
        good = machine.read(path)
        machine.write(path, f"{good}default_privs = {user}\n")
        verdict = machine.attempt(check, "check")
        machine.write(path, good)
        assert (verdict.returncode != 0) is refused, f"{check}: {verdict.stdout}{verdict.stderr}"
