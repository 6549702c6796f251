"""The queue, its owner, the daemons and the commands are where main.cf says (S53, S59)."""

from system.dialogue import send
from system.mailer import Mailer


def test_the_queue_is_where_main_cf_says(mail: Mailer) -> None:
    machine = mail.machine
    mail.set(queue_directory="/srv/mail/queue", defer_transports="local")
    send(machine.connect(), "sender@example.net", "alice@example.org")
    machine.wait_for("it waits", lambda: machine.sh("find /srv/mail/queue/deferred -type f"))
    assert machine.sh("stat -c '%U %a' /srv/mail/queue").split() == ["postroom", "700"]
    machine.run("postroom", "stop")
    assert "alice@example.org" in machine.run("postqueue", "-p")
    assert machine.sh("find /var/lib/postroom/deferred -type f") == ""
    machine.run("postroom", "start")
    mail.set(defer_transports="")
    machine.run("postqueue", "-f")
    mail.wait_for_mail("alice")


def test_the_queue_belongs_to_whom_main_cf_says(mail: Mailer) -> None:
    machine = mail.machine
    machine.sh("id mailer 2>/dev/null || useradd --system mailer")
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    for queue in ("/var/lib/postroom", "/srv/mail/queue"):
        mail.set(mail_owner="mailer", queue_directory=queue)
        send(machine.connect(), "sender@example.net", "bob@example.org")
        mail.wait_for_mail("bob")
        machine.sh("rm -rf /var/mail/bob /home/bob/Maildir")
        owners = machine.sh(f"find {queue} -printf '%u\\n' | sort -u").split()
        assert owners == ["mailer"]
        assert machine.sh("ps -o user= -p $(systemctl show -P MainPID postroom-qmgr)") == "mailer\n"


def test_daemons_are_run_from_where_main_cf_says(mail: Mailer) -> None:
    machine = mail.machine
    machine.sh(
        "mkdir -p /opt/postroom-2 && cp -r /usr/lib/python3/dist-packages/postroom /opt/postroom-2"
    )
    # Told by the code that is run there, as no value of main.cf could.
    machine.sh(
        "cd /opt/postroom-2/postroom/maillog &&"
        " sed -i 's/queue active/queue active elsewhere/' qmgr.py &&"
        " sed -i 's/connect from/connect elsewhere from/' smtpd.py &&"
        " grep -q elsewhere qmgr.py && grep -q elsewhere smtpd.py"
    )
    mail.set(daemon_directory="/opt/postroom-2")
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    mail.wait_for_log(r"postfix/smtpd: connect elsewhere from ")
    mail.wait_for_log(r"postfix/qmgr: .*\(queue active elsewhere\)")
    machine.sh("rm -r /opt/postroom-2")
    refused = machine.attempt("postroom", "reload")
    assert refused.returncode == 1
    assert "/opt/postroom-2: the package postroom is not there" in refused.stderr


def test_commands_find_each_other_where_they_are(mail: Mailer) -> None:
    machine = mail.machine
    machine.sh("cp -a /usr/lib/postroom /opt/commands && chmod a-x /usr/lib/postroom/postqueue")
    try:
        assert machine.attempt("mailq").returncode
        assert "Mail queue is empty" in machine.run("/opt/commands/mailq")
    finally:
        machine.sh("chmod a+x /usr/lib/postroom/postqueue && rm -r /opt/commands")


def test_what_was_postfixes_stays_postfixes(mail: Mailer) -> None:
    """A main.cf of Debian's Postfix names all of these."""
    machine = mail.machine
    mail.set(
        queue_directory="/var/spool/postfix",
        daemon_directory="/usr/lib/postfix/sbin",
        command_directory="/usr/sbin",
        data_directory="/var/lib/postfix",
        mail_owner="postfix",
        setgid_group="postdrop",
    )
    send(machine.connect(), "sender@example.net", "alice@example.org")
    mail.wait_for_mail("alice")
    assert machine.sh("ls -d /var/spool/postfix /var/lib/postfix 2>/dev/null || true") == ""
    told = machine.attempt("postroom", "check").stderr
    for name in ("queue_directory", "daemon_directory", "mail_owner"):
        assert f"{name}: is Postfix's own; ours is what it is by default" in told
