"""An admin, or a script, changes something and reloads, or stops and starts, without a pause.

systemd by default refuses a unit's sixth start in ten seconds.
"""

from system.mailer import Mailer

OFTEN = 8


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
