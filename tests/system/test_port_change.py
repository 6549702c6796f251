"""Moving the listener: edit master.cf, ``postroom reload``."""

import pytest

from system.dialogue import send, talk
from system.mailer import MASTER_CF, Mailer


def test_a_changed_port_moves_the_listener_and_leaves_none_dead(mail: Mailer) -> None:
    machine = mail.machine
    before = machine.read(MASTER_CF)
    service = next(
        line for line in before.splitlines() if line.startswith("smtp ") and "inet" in line
    )
    machine.write(MASTER_CF, before.replace(service, service.replace("smtp ", "2525 ", 1)))
    mail.reload()
    send(machine.connect(2525), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    with pytest.raises(ConnectionRefusedError):
        machine.connect(25)
    assert "postroom-smtpd@smtp" not in machine.run(
        "systemctl", "list-sockets", "--no-legend", "postroom*"
    )

    machine.write(MASTER_CF, before)
    mail.reload()
    talk(machine.connect(25), "S: 220\nC: QUIT\nS: 221")
    with pytest.raises(ConnectionRefusedError):
        machine.connect(2525)


def test_a_port_that_is_taken_is_told_of_and_listened_on_when_it_is_free(mail: Mailer) -> None:
    machine = mail.machine
    machine.write(MASTER_CF, machine.read(MASTER_CF) + "2525 inet n - y - - smtpd\n")
    with machine.listen(2525):
        reload = machine.attempt("postroom", "reload")
    assert reload.returncode == 1
    assert "failed: postroom-smtpd@2525.socket" in reload.stderr
    mail.reload()
    talk(machine.connect(2525), "S: 220\nC: QUIT\nS: 221")


def test_a_second_service_with_its_own_options(mail: Mailer) -> None:
    machine = mail.machine
    machine.write(
        MASTER_CF,
        machine.read(MASTER_CF)
        + "2587 inet n - y - - smtpd\n  -o syslog_name=postfix/inside -o smtpd_banner=inside\n",
    )
    mail.reload()
    talk(machine.connect(2587), "S: 220 inside\nC: QUIT\nS: 221")
    talk(machine.connect(25), "S: 220 mail.example.org\nC: QUIT\nS: 221")
    mail.wait_for_log("^postfix/inside/smtpd: connect from localhost\\[127.0.0.1\\]")


def test_inet_interfaces_moves_what_is_listened_on(mail: Mailer, peer: Mailer) -> None:
    mail.set(inet_interfaces="loopback-only")
    talk(mail.machine.connect(), "S: 220\nC: QUIT\nS: 221")
    with pytest.raises(ConnectionRefusedError):
        peer.machine.connect(address="10.77.0.1")
    mail.set(inet_interfaces="all")
    talk(peer.machine.connect(address="10.77.0.1"), "S: 220\nC: QUIT\nS: 221")
    talk(peer.machine.connect(address="fd77::1"), "S: 220\nC: QUIT\nS: 221")
