"""Transports that run a command: lines of master.cf as other programs' manuals have them."""

import json

from system.dialogue import send
from system.mailer import Mailer

# Tells what it was started with, and keeps the message.
SHOW = r"""#!/usr/bin/python3
import json, os, sys
with open(f"/srv/{os.path.basename(sys.argv[0])}.seen", "w") as seen:
    json.dump({"argv": sys.argv[1:], "uid": os.getuid(), "gid": os.getgid(),
               "mail": sys.stdin.read(), "environment": dict(os.environ)}, seen)
"""


def transport(mail: Mailer, line: str, domain: str, **parameters: str) -> None:
    name = line.split(maxsplit=1)[0]
    mail.machine.sh(f"cat >>/etc/postroom/master.cf <<'END'\n{line}\nEND")
    mail.set(
        transport_maps=f"inline:{{{domain}={name}:}}",
        relay_domains=domain,
        recipient_delimiter="+",
        **parameters,
    )


def command(mail: Mailer, path: str) -> None:
    mail.machine.run("mkdir", "-p", path.rpartition("/")[0])
    mail.machine.write(path, SHOW)
    mail.machine.sh(f"chmod 755 {path}; chmod 1777 /srv; rm -f /srv/*.seen")


def test_a_line_for_dovecot_lda(mail: Mailer) -> None:
    """wiki.dovecot.org, LDA with Postfix."""
    command(mail, "/usr/lib/dovecot/deliver")
    transport(
        mail,
        "dovecot unix - n n - - pipe\n  flags=DRhu user=alice:mail"
        " argv=/usr/lib/dovecot/deliver -f ${sender} -a ${recipient} -d ${user}@${domain}",
        "boxes.test",
        dovecot_destination_recipient_limit="1",
    )
    queue_id = send(mail.machine.connect(), "$HOME`id`@example.net", "Zoe+x@Boxes.test")
    mail.wait_for_log(f"{queue_id}: .*relay=dovecot.*sent .delivered via dovecot service")
    seen = json.loads(mail.machine.read("/srv/deliver.seen"))
    assert seen["argv"] == [
        *("-f", "$HOME`id`@example.net", "-a", "zoe+x@boxes.test", "-d", "zoe@boxes.test"),
    ]
    assert seen["uid"] == int(mail.machine.run("id", "-u", "alice"))
    assert seen["gid"] == int(mail.machine.sh("getent group mail | cut -d: -f3"))
    assert seen["mail"].startswith("Return-Path: <$HOME`id`@example.net>\nDelivered-To: Zoe+x@")
    assert "CREDENTIALS_DIRECTORY" not in seen["environment"]


def test_a_line_for_mailman(mail: Mailer) -> None:
    """Mailman 2's postfix-to-mailman.py; nobody has a list whose name is empty."""
    command(mail, "/usr/lib/mailman/bin/postfix-to-mailman.py")
    transport(
        mail,
        "mailman unix - n n - - pipe\n  flags=FR user=bob"
        " argv=/usr/lib/mailman/bin/postfix-to-mailman.py ${nexthop} ${mailbox} ${extension}",
        "lists.test",
    )
    queue_id = send(
        mail.machine.connect(), "sender@example.net", ["all@lists.test", "two+bounces@lists.test"]
    )
    mail.wait_for_log(f"{queue_id}: to=<all@lists.test>.*sent")
    mail.wait_for_log(f"{queue_id}: to=<two.bounces@lists.test>.*sent")
    seen = json.loads(mail.machine.read("/srv/postfix-to-mailman.py.seen"))
    assert seen["argv"] == ["lists.test", "all", "two+bounces", "", "bounces"]
    assert seen["mail"].startswith("From sender@example.net  ")


def test_a_command_has_its_time_and_its_size(mail: Mailer) -> None:
    transport(
        mail,
        "slow unix - n n - - pipe user=bob size=2000 argv=/bin/sleep 60",
        "slow.test",
        slow_time_limit="1s",
    )
    queue_id = send(mail.machine.connect(), "sender@example.net", "a@slow.test")
    mail.wait_for_log(f"{queue_id}: .*bounced .Command time limit exceeded: ./bin/sleep")
    queue_id = send(
        mail.machine.connect(),
        "sender@example.net",
        "a@slow.test",
        "Subject: hi\r\n\r\n" + "x\r\n" * 900,
    )
    mail.wait_for_log(f"{queue_id}: .*dsn=5.2.3, status=bounced .message too large")


# A command, and what it is linked with, below a directory of their own.
JAIL = """
rm -rf /srv/jail /srv/later
mkdir -p /srv/jail/box
for command in sh cat id readlink; do
    path=$(command -v $command)
    for file in $path $(ldd $path | grep -o '/[^ ]*'); do
        mkdir -p /srv/jail/${file%/*} && cp -L $file /srv/jail/$file
    done
done
chown bob: /srv/jail/box
"""


def test_a_command_whose_root_was_changed_sees_nothing_else(mail: Mailer) -> None:
    mail.machine.sh(JAIL)
    transport(
        mail,
        "jailed unix - n n - - pipe user=bob chroot=/srv/jail directory=/box"
        " argv=/usr/bin/sh -c {cat >letter; id -u; [ -e /etc ] || echo kept}",
        "jailed.test",
    )
    queue_id = send(mail.machine.connect(), "sender@example.net", "a@jailed.test")
    bob = mail.machine.run("id", "-u", "bob").strip()
    mail.wait_for_log(rf"{queue_id}: .*sent .delivered via jailed service \({bob} kept\)")
    assert mail.machine.read("/srv/jail/box/letter").endswith("\nhello\n")
    status = mail.machine.sh(
        "cat /proc/$(systemctl show -P MainPID postroom-pipe@jailed)/status | grep CapEff"
    )
    assert int(status.split()[1], 16) == 0


def test_mail_for_a_root_that_is_missing_waits_until_it_is_there(mail: Mailer) -> None:
    mail.machine.sh(JAIL)
    transport(
        mail,
        "later unix - n n - - pipe user=bob chroot=/srv/later argv=/usr/bin/cat",
        "later.test",
    )
    queue_id = send(mail.machine.connect(), "sender@example.net", "a@later.test")
    mail.wait_for_log(f"{queue_id}: .*dsn=4.3.0, status=deferred .*No such file.*: ./srv/later'")
    mail.machine.sh("mv /srv/jail /srv/later")
    mail.wait_for_log(f"{queue_id}: .*status=sent")


def test_a_line_of_a_megabyte_comes_out_of_every_door_as_it_went_in(mail: Mailer) -> None:
    """By sendmail into a mailbox, a user's command and a transport's."""
    command(mail, "/usr/lib/keep")
    transport(mail, "keep unix - n n - - pipe user=bob argv=/usr/lib/keep", "kept.test")
    mail.machine.write("/home/bob/.forward", '"|cat >/home/bob/seen"\n')
    mail.machine.run("chown", "bob:", "/home/bob/.forward")
    line = "0123456789.\t" * 90_000
    recipients = ("alice@example.org", "bob@example.org", "a@kept.test")
    mail.machine.run("sendmail", *recipients, text=f"Subject: long\n\n{line}\n.x\n")
    mail.wait_for_mail("alice")
    mail.wait_for_empty_queue()
    pipes = json.loads(mail.machine.read("/srv/keep.seen"))["mail"]
    for text in (mail.machine.read("/var/mail/alice"), mail.machine.read("/home/bob/seen"), pipes):
        assert f"\n\n{line}\n.x\n" in text


def test_a_line_whose_user_is_missing_holds_up_its_own_mail_only(mail: Mailer) -> None:
    transport(mail, "uucp unix - n n - - pipe user=uucp-of-old argv=/bin/cat", "old.test")
    queue_id = send(mail.machine.connect(), "sender@example.net", ["a@old.test", "bob@example.org"])
    mail.wait_for_log(f"{queue_id}: to=<a@old.test>.*dsn=4.3.5, status=deferred")
    mail.wait_for_mail("bob")
    mail.machine.run("postsuper", "-d", "ALL")


def test_a_line_that_cannot_be_is_refused_by_name(mail: Mailer) -> None:
    mail.machine.sh(
        "echo 'bad unix - n n - - pipe user=root argv=/bin/cat' >>/etc/postroom/master.cf"
    )
    refused = mail.machine.attempt("postroom", "reload")
    assert refused.returncode != 0
    assert "bad: user=root" in refused.stdout + refused.stderr
