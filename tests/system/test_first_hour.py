"""From the package to the first mail, and what the queue manager makes of an empty place."""

from system.dialogue import send
from system.mailer import MAIN_CF, Mailer

AS_INSTALLED = "/root/as-installed"
SETTINGS = ("myhostname=mail.example.org", "mydestination=example.org", "inet_interfaces=all")
# The configuration is everybody's to read and root's to change; the spool is nobody's.
MODES = {
    "/etc/postroom": "755 root:root",
    MAIN_CF: "644 root:root",
    "/etc/postroom/master.cf": "644 root:root",
    "/usr/sbin/postroom": "755 root:root",
    "/var/lib/postroom": "700 postroom:postroom",
    "/var/lib/postroom/deferred": "700 postroom:postroom",
    "/var/lib/postroom/hold": "700 postroom:postroom",
}
DIRECTORIES = ("corrupt", "deferred", "hold", "incoming")


def test_three_parameters_lead_from_the_package_to_the_first_mail(
    mail: Mailer, peer: Mailer
) -> None:
    machine = mail.machine
    machine.run("cp", f"{AS_INSTALLED}/main.cf", f"{AS_INSTALLED}/master.cf", "/etc/postroom")
    machine.run("postconf", "-e", *SETTINGS)
    mail.reload()
    send(peer.machine.connect(address="10.77.0.1"), "zoe@example.net", "alice@example.org")
    machine.run("sendmail", "zoe@example.net", user="alice", text="Subject: first\n\nx\n")
    mail.wait_for_mail("alice")
    (message,) = peer.wait_for_mail("zoe")
    assert message["Subject"] == "first"


def test_files_are_as_open_as_they_should_be(mail: Mailer) -> None:
    found = {path: mail.machine.run("stat", "-Lc", "%a %U:%G", path).strip() for path in MODES}
    assert found == MODES


def test_what_is_missing_of_the_spool_is_made_and_told(mail: Mailer) -> None:
    machine = mail.machine
    machine.run("postroom", "stop")
    machine.sh(f"cd /var/lib/postroom && rmdir {' '.join(DIRECTORIES)}")
    machine.run("postroom", "start")
    machine.run("sendmail", "alice@example.org", user="bob", text="Subject: x\n\nx\n")
    mail.wait_for_mail("alice")
    told = [line for line in mail.mail_log() if "creating missing directory" in line]
    assert sorted(line.rpartition("/")[2] for line in told) == sorted(DIRECTORIES)
