"""An admin, or a script, changes something and reloads, or stops and starts, without a pause.

systemd by default refuses a unit's sixth start in ten seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from system.dialogue import talk
from system.mailer import Mailer

OFTEN = 8
SMTPD = "postroom-smtpd@smtp.service"


def test_main_cf_may_change_again_and_again(mail: Mailer) -> None:
    for seconds in range(300, 300 + OFTEN):
        mail.set(
            queue_run_delay=f"{seconds}s", smtpd_timeout=f"{seconds}s", queue_minfree=f"{seconds}"
        )
    mail.machine.run("sendmail", "alice@example.org", text="Subject: calm\n\nx\n")
    mail.wait_for_mail("alice")


def test_the_mail_system_may_stop_and_start_again_and_again(mail: Mailer) -> None:
    for _ in range(OFTEN):
        mail.machine.run("postroom", "stop")
        mail.machine.run("postroom", "start")
    mail.machine.run("sendmail", "alice@example.org", text="Subject: calm\n\nx\n")
    mail.wait_for_mail("alice")


def test_a_listener_may_change_while_its_service_is_leaving(mail: Mailer) -> None:
    with smtpd_long("deactivating", mail):
        mail.set(inet_interfaces="loopback-only")
    talk(mail.machine.connect(), "S: 220 mail.example.org\nC: QUIT\nS: 221")


def test_a_service_that_is_starting_obeys_what_changes_meanwhile(mail: Mailer) -> None:
    with smtpd_long("activating", mail):
        mail.set(smtpd_banner="changed")
    talk(mail.machine.connect(), "S: 220 changed\nC: QUIT\nS: 221")


# In which step of systemd.service(5) a service is in that state.
STEPS = {"activating": "ExecStartPost", "deactivating": "ExecStopPost"}


@contextmanager
def smtpd_long(state: str, mail: Mailer) -> Iterator[None]:
    """smtpd had a client, and is in that state for seconds, as on a busy machine."""
    machine = mail.machine
    drop_in = f"/run/systemd/system/{SMTPD}.d/slow.conf"
    sleep = "/usr/bin/python3 -c 'import time; time.sleep(3)'"
    machine.write(drop_in, f"[Service]\n{STEPS[state]}={sleep}\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "stop", SMTPD)
    try:
        talk(machine.connect(), "S: 220 mail.example.org\nC: QUIT\nS: 221")
        machine.wait_for(f"{SMTPD} to be {state}", lambda: _state(mail) == state)
        yield
    finally:
        machine.run("rm", drop_in)
        machine.run("systemctl", "daemon-reload")


def _state(mail: Mailer) -> str:
    return mail.machine.attempt("systemctl", "is-active", SMTPD).stdout.strip()
