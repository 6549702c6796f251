"""A service that is busy to its limit serves new clients briefly, and others again afterwards."""

import re
from contextlib import ExitStack

from system.dialogue import send, talk
from system.mailer import MASTER_CF, Mailer

LIMIT = 20
# As long as overload is thought to last, and a little (smtpd, overload).
CALM_SECONDS = 61
BUSY = "S: 220 mail.example.org busy\nC: NONSENSE\nS: 500\nS: 421 4.7.0 mail.example.org Error: too"
CALM = "S: 220 mail.example.org calm\nC: NONSENSE\nS: 500\nC: QUIT\nS: 221"


def test_a_flood_of_clients_makes_smtpd_brief_until_it_is_over(mail: Mailer) -> None:
    machine = mail.machine
    master = machine.read(MASTER_CF)
    limited = re.sub(r"(?m)^(smtp +inet(?: +\S+){4} +)-", rf"\g<1>{LIMIT}", master)
    assert limited != master
    machine.write(MASTER_CF, limited)
    mail.set(smtpd_banner="$myhostname ${stress?{busy}:{calm}}")
    with ExitStack() as crowd:
        for _ in range(LIMIT):
            client = crowd.enter_context(machine.connect())
            assert client.recv(1000) == b"220 mail.example.org calm\r\n"
        talk(machine.connect(), BUSY)
        send(machine.connect(), "sender@example.net", "alice@example.org")
        client.sendall(b"NONSENSE\r\n")
        assert client.recv(1000).startswith(b"500 ")
    mail.wait_for_mail("alice")
    mail.wait_for_log(f'smtpd: warning: service "smtp" has reached its process limit "{LIMIT}"')
    machine.run("sleep", str(CALM_SECONDS))
    talk(machine.connect(), CALM)
