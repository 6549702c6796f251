"""An idle machine has no Postroom process; a connection starts what it needs."""

import threading
import time

from system.dialogue import send, talk
from system.mailer import Mailer

ROUNDS = 50
CLIENTS = 20


def test_an_idle_machine_has_no_process(mail: Mailer) -> None:
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    assert mail.running_services()
    mail.machine.wait_for("every service left", lambda: not mail.running_services(), seconds=30)
    assert mail.machine.attempt("pgrep", "-f", "postroom").stdout == ""
    failed = mail.machine.run(
        "systemctl", "list-units", "--failed", "--plain", "--no-legend", "postroom*"
    )
    assert failed == ""
    time.sleep(6)  # longer than queue_run_delay: with an empty queue the timer starts nothing
    assert mail.running_services() == []


def test_a_thousand_connections_around_idle_exits_are_all_served(mail: Mailer) -> None:
    """Clients come back just when smtpd leaves, a little earlier and a little later."""
    mail.set(max_idle="1s")
    failures: list[Exception] = []

    def call() -> None:
        try:
            talk(mail.machine.connect(), "S: 220\nC: QUIT\nS: 221")
        except (OSError, AssertionError) as failure:
            failures.append(failure)

    for round_number in range(ROUNDS):
        clients = [threading.Thread(target=call) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        time.sleep(0.98 + (round_number % 10) * 0.008)
    assert failures == []
    starts = [line for line in mail.log("-u", "postroom-smtpd@smtp.service") if "Started" in line]
    assert len(starts) > ROUNDS / 4, "smtpd hardly ever left: nothing was tried"
