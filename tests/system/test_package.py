"""What apt leaves on the machine."""

from pathlib import Path
from subprocess import run

from machine.install import install_package
from system.dialogue import talk
from system.mailer import Mailer


def test_reinstalling_keeps_everything_listening(mail: Mailer, package: Path) -> None:
    install_package(mail.machine, package)
    mail.machine.run("apt-get", "install", "-y", "-q", "--reinstall", "/root/postroom.deb")
    talk(mail.machine.connect(), "S: 220\nC: QUIT\nS: 221")


def test_lintian_has_nothing_to_say(package: Path) -> None:
    run(["lintian", "--fail-on", "error,warning", "--no-cfg", *package.glob("*.deb")], check=True)


def test_programs_that_want_a_mailer_are_content(mail: Mailer) -> None:
    mail.machine.run("apt-get", "install", "-y", "-q", "bsd-mailx")
    mail.machine.run("mail", "-s", "by mailx", "bob", user="alice", text="words\n")
    (message,) = mail.wait_for_mail("bob")
    assert message["Subject"] == "by mailx"


def test_mailq_and_newaliases_are_there(mail: Mailer) -> None:
    assert "Mail queue is empty" in mail.machine.run("mailq", user="bob")
    mail.machine.run("newaliases")


def test_a_job_of_cron_mails_its_output(mail: Mailer) -> None:
    mail.machine.write("/etc/cron.d/story", "MAILTO=alice\n* * * * * root echo from-cron\n", 0o644)
    mail.machine.run("systemctl", "start", "cron")
    try:
        (message,) = mail.wait_for_mail("alice", seconds=75)
        assert "from-cron" in message.get_payload()
    finally:
        mail.machine.run("rm", "/etc/cron.d/story")
