"""Mail for a domain of mailboxes that Dovecot keeps, handed over by LMTP."""

from system.dialogue import send
from system.mailer import Mailer

CONFIGURATION = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols = lmtp
listen = 127.0.0.1
ssl = no
log_path = syslog
mail_driver = maildir
mail_path = ~/Maildir
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
mail_plugins {
  quota = yes
}
protocol lmtp {
  auth_username_format = %{user | lower}
}
userdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
passdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
quota "mailbox" {
  storage_size = 5K
  storage_grace = 0
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    port = 24
  }
}
"""
USERS = """\
zoe@boxes.test:::::/srv/boxes/zoe::
yan@boxes.test:::::/srv/boxes/yan::
full@boxes.test:::::/srv/boxes/full::
"""


LONG = "Subject: long\n\n" + "x\n" * 1000


def with_dovecot(mail: Mailer, transport: str) -> None:
    machine = mail.machine
    if machine.attempt("test", "-e", "/etc/dovecot/users").returncode:
        machine.run("apt-get", "install", "-y", "-q", "dovecot-lmtpd")
        machine.write("/etc/dovecot/dovecot.conf", CONFIGURATION)
        machine.write("/etc/dovecot/users", USERS)
    machine.sh("rm -rf /srv/boxes; install -d -o mail -g mail /srv/boxes")
    machine.run("systemctl", "restart", "dovecot")
    mail.set(
        virtual_mailbox_domains="boxes.test",
        virtual_mailbox_maps="static:any",
        virtual_transport=transport,
        recipient_delimiter="+",
    )


def write(mail: Mailer, *users: str, text: str = "Subject: hi\n\n.hello\n") -> str:
    recipients = [f"{user}@boxes.test" for user in users]
    return send(mail.machine.connect(), "sender@example.net", recipients, text)


def mailbox(mail: Mailer, user: str) -> str:
    return mail.machine.sh(f"cd /srv/boxes/{user}/Maildir/new && cat * || true")


def each_has_its_own_answer(mail: Mailer, relay: str) -> None:
    filled = write(mail, "full", text=LONG)
    mail.wait_for_log(f"{filled}: to=<full@boxes.test>, relay={relay}.*status=sent")
    queue_id = write(mail, "full", "zoe", "nobody", "yan", text=LONG)
    for user in ("zoe", "yan"):
        mail.wait_for_log(
            f"{queue_id}: to=<{user}@boxes.test>, relay={relay}, .*dsn=2.0.0, status=sent"
            rf" \(250 2.0.0 <{user}@boxes.test> \S+ Saved\)"
        )
        assert mailbox(mail, user).endswith("\n\n" + "x\n" * 1000)
    mail.wait_for_log(f"{queue_id}: to=<full@.*dsn=5.2.2, status=bounced .host .*Quota exceeded")
    mail.wait_for_log(f"{queue_id}: to=<nobody@.*dsn=5.1.1, status=bounced .*RCPT TO command")
    assert mailbox(mail, "full").count("Subject: long") == 1
    mail.wait_for_log(f"{queue_id}: removed")


def test_over_a_unix_socket_each_recipient_has_an_answer_of_its_own(mail: Mailer) -> None:
    with_dovecot(mail, "lmtp:unix:/run/dovecot/lmtp")
    each_has_its_own_answer(mail, r"\S+\[/run/dovecot/lmtp\]")


def test_over_inet_each_recipient_has_its_own_answer_too(mail: Mailer) -> None:
    with_dovecot(mail, "lmtp:inet:127.0.0.1:24")
    each_has_its_own_answer(mail, r"127.0.0.1\[127.0.0.1\]:24")


def test_while_dovecot_is_away_mail_waits_and_is_delivered_when_it_is_back(mail: Mailer) -> None:
    with_dovecot(mail, "lmtp:unix:/run/dovecot/lmtp")
    mail.machine.run("systemctl", "stop", "dovecot")
    queue_id = write(mail, "zoe")
    mail.wait_for_log(f"{queue_id}: to=<zoe@boxes.test>, relay=none, .*dsn=4.4.1, status=deferred")
    mail.machine.run("systemctl", "start", "dovecot")
    mail.wait_for_log(f"{queue_id}: to=<zoe@boxes.test>, .*status=sent", 30)
    assert "\n.hello\n" in mailbox(mail, "zoe")
