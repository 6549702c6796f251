"""What means something in a unit file means nothing in a parameter's value."""

from system.dialogue import talk
from system.mailer import MAIN_CF, Mailer

HOSTILE = "mail.example.org %u 100%% %H \"a b\" 'c' \\n \\x41 \\ ; # [Install] = , $"


def test_a_value_reaches_its_service_byte_for_byte(mail: Mailer) -> None:
    mail.set(smtpd_banner=f"{HOSTILE}$HOME")
    talk(mail.machine.connect(), f"S: 220 {HOSTILE}HOME\nC: QUIT\nS: 221")


def test_a_value_cannot_add_a_line_to_a_unit(mail: Mailer) -> None:
    banner = "smtpd_banner = mail.example.org\n  ExecStartPre=/bin/touch /run/owned\n  [Install]\n"
    mail.machine.write(MAIN_CF, mail.machine.read(MAIN_CF) + banner)
    mail.reload()
    talk(mail.machine.connect(), "S: 220\nC: QUIT\nS: 221")
    assert not mail.machine.path("/run/owned").exists()
