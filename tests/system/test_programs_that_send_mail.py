"""Debian's programs send mail as they always did, and as they do where Postfix is installed."""

import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from machine import Machine, Nameserver
from machine.install import install_package
from machine.root import PROGRAMS
from system.mailer import Mailer
from system.postfix import start_postfix
from system.sendmail_calls import IN_PLACE, Call
from system.submissions import PARAMETERS, compare, submissions

# In the place of sendmail: keeps the call, and makes it.
RECORDER = """#!/usr/bin/python3 -I
import json, os, subprocess, sys, time
text = sys.stdin.buffer.read()
with open(f"/srv/calls/{time.time_ns()}.{os.getpid()}", "w") as kept:
    json.dump([sys.argv[1:], text.decode("latin-1"), os.getuid()], kept)
sys.exit(subprocess.run(["/usr/sbin/sendmail.real", *sys.argv[1:]], input=text).returncode)
"""
INSTALL_RECORDER = """
mv /usr/sbin/sendmail /usr/sbin/sendmail.real; install -d -m 1777 /srv/calls
chmod 755 /srv/recorder; ln -s /srv/recorder /usr/sbin/sendmail
"""
BY_ROOT = r"""
echo '@reboot alice echo hellö' >/etc/cron.d/story; rm -f /run/crond.reboot; systemctl restart cron
printf '1 0 story echo from anacron\n' >/root/anacrontab; mkdir -p /root/spool
anacron -f -n -d -t /root/anacrontab -S /root/spool
SMARTD_ADDRESS=root SMARTD_MAILER=mail SMARTD_DEVICE=/dev/sda SMARTD_DEVICESTRING=/dev/sda \
    SMARTD_DEVICETYPE=auto SMARTD_FAILTYPE=Health SMARTD_MESSAGE='/dev/sda, FAILED' \
    SMARTD_TFIRST=now /usr/share/smartmontools/smartd_warning.sh
logwatch --output mail --mailto root --service all --range all
runuser -u logcheck -- /usr/sbin/logcheck -l /var/log/dpkg.log -m root
python3 - <<'END'
import importlib.machinery, importlib.util
loader = importlib.machinery.SourceFileLoader("uu", "/usr/bin/unattended-upgrade")
uu = importlib.util.module_from_spec(importlib.util.spec_from_loader("uu", loader))
loader.exec_module(uu)
uu._send_mail_using_sendmail("root", "root", "from unattended-upgrades", "body")
uu._send_mail_using_mailx("root", "root", "from unattended-upgrades by mailx", "body")
END
# Where the kernel has no driver of arrays, strace answers in its place: this is one.
mknod /dev/md0 b 7 0
strace -o /dev/null -P /dev/md0 -P /sys/block/loop0/md -e inject=newfstatat,ioctl:retval=0 \
    mdadm --monitor --test --oneshot --mail=root /dev/md0
perl -I/usr/share/sympa/lib - <<'END'
use Conf; use Sympa::Mailer; use Sympa::Message; use Sympa::Process;
Conf::load() or die;
my $text = "From: list\@example.org\nTo: bob\nSubject: from Sympa\n\nx\n";
my $message = Sympa::Message->new($text, envelope_sender => '<>', date => time);
Sympa::Mailer->instance->store($message, ['bob', 'carol'], envid => 'id') or die;
Sympa::Process->instance->wait_child;
END
"""
BY_ALICE = r"""
cd; echo 'echo from at' | at now
echo body | bsd-mailx -s 'from bsd-mailx' bob
echo body | bsd-mailx -r me@example.net -s 'from bsd-mailx -r' bob
echo body | mail.mailutils -s 'from mailutils' bob
echo body | s-nail -s 'from s-nail' bob
echo body | s-nail -r me@example.net -s 'from s-nail -r' bob
echo bödy | mutt -s 'from mutt' -- bob
echo bödy | mutt -e 'set dsn_notify="failure,delay" dsn_return=hdrs use_8bitmime' \
    -e 'set use_envelope_from from=me@example.net' -s 'from mutt with DSN' -- bob
php -r 'mail("bob", "from PHP", "body\nline\n", "X-A: b\r\nX-C: d");'
php -r 'mail("bob", "from PHP -f", "body\n", "From: x@example.net", "-fbounce@example.net");'
mime-construct --to bob --subject 'from mime-construct' --string hi
printf 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n' >patch
printf 'From: Alice <alice@example.org>\nSubject: [PATCH] from git\n\nbody\n---\n x | 1 +\n' >>patch
git config --global user.name Alice; git config --global user.email alice@example.org
git send-email --quiet --to=bob --confirm=never --from=alice@example.org \
    --envelope-sender=auto patch
message='From: x@example.net\nTo: alice\nSubject: from %s\n\nbody\n'
printf ':0\n! bob\n' >procmailrc; printf "$message" procmail | procmail ./procmailrc
printf 'to "! bob"\n' >filter; chmod 600 filter; printf "$message" maildrop | maildrop ./filter
"""


class Arrived(NamedTuple):
    """A message in somebody's mailbox: who is told of failures, and who wrote it."""

    user: str
    sender: str
    author: str


ALICE, ROOT = "alice@example.org", "root@example.org"
# What programs write that know the name of the machine.
ALICE_HERE = "alice@mail.example.org"
EXPECTED = {
    "Cron <alice@mail> echo hellö": Arrived("alice", ALICE, f"{ROOT} (Cron Daemon)"),
    "Output from your job        1": Arrived("alice", ALICE, ALICE),
    "Anacron job 'story' on mail.example.org": Arrived("root", ROOT, f"Anacron <{ROOT}>"),
    "SMART error (Health) detected on host: mail": Arrived("root", ROOT, f"root <{ROOT}>"),
    "Logwatch for mail.example.org (Linux)": Arrived("root", ROOT, ROOT),
    "mail.example.org DATE System Events": Arrived(
        "root", "logcheck@example.org", "logcheck system account <logcheck@example.org>"
    ),
    "from unattended-upgrades": Arrived("root", ROOT, ROOT),
    "from unattended-upgrades by mailx": Arrived("root", ROOT, ROOT),
    "TestMessage event on /dev/md0:mail.example.org": Arrived(
        "root", ROOT, "mdadm monitoring <root@mail.example.org>"
    ),
    "from Sympa": Arrived("bob", "MAILER-DAEMON", "list@example.org"),
    "from bsd-mailx": Arrived("bob", ALICE, ALICE),
    "from bsd-mailx -r": Arrived("bob", "me@example.net", "me@example.net"),
    "from mailutils": Arrived("bob", ALICE_HERE, ALICE_HERE),
    "from s-nail": Arrived("bob", ALICE, ALICE),
    "from s-nail -r": Arrived("bob", "me@example.net", "me@example.net"),
    "from mutt": Arrived("bob", ALICE, ALICE_HERE),
    "from mutt with DSN": Arrived("bob", "me@example.net", "me@example.net"),
    "from PHP": Arrived("bob", ALICE, ALICE),
    "from PHP -f": Arrived("bob", "bounce@example.net", "x@example.net"),
    "from mime-construct": Arrived("bob", ALICE, ALICE),
    "[PATCH] from git": Arrived("bob", ALICE, ALICE),
    "from procmail": Arrived("bob", ALICE, "x@example.net"),
    "from maildrop": Arrived("bob", "MAILER-DAEMON", "x@example.net"),
}


@pytest.fixture(scope="module")
def programs(package: Path) -> Iterator[Machine]:
    """All of them in one machine, with Postroom as its mail transport agent."""
    with Machine(f"story-programs-{os.getpid()}", "mail.example.org") as machine:
        Nameserver(machine)
        for user in ("alice", "bob", "carol"):
            machine.add_user(user)
        install_package(machine, package)
        quickly = ("-o", "Dpkg::Options::=--force-unsafe-io")
        machine.run("apt-get", "install", "-y", "-q", *quickly, *PROGRAMS, "bsd-mailx", seconds=300)
        machine.write("/srv/recorder", RECORDER)
        machine.sh(INSTALL_RECORDER)
        Mailer(machine, "example.org")
        machine.sh(BY_ROOT)
        machine.sh(BY_ALICE, user="alice")
        machine.wait_for("all mail", lambda: len(arrived(machine)) >= len(EXPECTED), 60)
        yield machine


def arrived(machine: Machine) -> dict[str, Arrived]:
    """By subject, what is in the mailboxes."""
    return {
        re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d \+0000", "DATE", subject[1]): Arrived(
            user, message.partition(" ")[0], author[1]
        )
        for user in ("alice", "bob", "root")
        for message in re.split(r"(?m)^From ", machine.sh(f"cat /var/mail/{user} || true"))[1:]
        if (subject := re.search(r"(?m)^Subject: (.*)$", message))
        and (author := re.search(r"(?m)^From: (.*)$", message))
    }


def test_every_program_s_mail_arrives_from_whom_it_should(programs: Machine) -> None:
    assert arrived(programs) == EXPECTED


def test_postfix_makes_the_same_of_what_they_submit(
    programs: Machine, postfix: Machine, mail: Mailer
) -> None:
    kept = programs.sh("for call in /srv/calls/*; do cat $call; echo; done").splitlines()
    calls = [
        Call(
            shlex.join(["sendmail", *argv]),
            f"{text}TAG\n".encode("latin-1"),
            user,
            IN_PLACE if "\nSubject: Logwatch " in text else "",
        )
        for argv, text, uid in map(json.loads, kept)
        for user in (["alice"] if uid else ["root"])
    ]
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS | {"enable_long_queue_ids": "yes"})
    outcomes = [submissions(machine, calls) for machine in (mail.machine, postfix)]
    compare(calls, *outcomes)
    # logcheck also comes by itself.
    assert len(calls) >= len(EXPECTED)
