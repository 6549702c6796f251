"""A Debian Postfix moves to Postroom: postroom import, reload, and mail goes where it went."""

import email
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from machine import Machine
from system.dialogue import Spoken, talk
from system.mailer import Mailer

# As Debian's package writes it, and what a site has added.
MAIN = """\
# See /usr/share/postfix/main.cf.dist for a commented, more complete version

smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no

# appending .domain is the MUA's job.
append_dot_mydomain = no

readme_directory = no
compatibility_level = 3.6

smtp_tls_CApath=/etc/ssl/certs
smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache

smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = mail.example.org
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mydestination = $myhostname, example.org, localhost
relayhost =
mynetworks = 127.0.0.0/8
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = loopback-only

daemon_directory = /usr/lib/postfix/sbin
setgid_group = postdrop
home_mailbox = Maildir/
smtpd_sender_restrictions =
    check_sender_access hash:/etc/postfix/senders,
    check_sender_access regexp:$config_directory/patterns
virtual_alias_domains = example.com
virtual_alias_maps = hash:/etc/postfix/virtual
canonical_maps = hash:/etc/postfix/maps/canonical
"""
TABLES = {
    "/etc/postfix/senders": "spammer@example.net REJECT not you\n",
    "/etc/postfix/patterns": "/^bulk-.*@/ DEFER later\n",
    "/etc/postfix/virtual": "info@example.com alice, bob+info\n",
    "/etc/postfix/maps/canonical": "carol carol.smith@example.org\n",
}
INDEXED = ("senders", "virtual", "maps/canonical")
ALIASES = "postmaster: root\nstaff: alice, carol\ncarol.smith: carol\n"
USERS = ("alice", "bob", "carol")
# Whom a client writes to, and what it is told.
VISIT = """\
S: 220
C: EHLO client.example.net
S: 250
C: MAIL FROM:<spammer@example.net>
S: 250
C: RCPT TO:<alice@example.org>
S: 554 5.7.1
C: RSET
S: 250
C: MAIL FROM:<bulk-1@example.net>
S: 250
C: RCPT TO:<alice@example.org>
S: 450 4.7.1
C: RSET
S: 250
C: MAIL FROM:<zoe@example.net>
S: 250
C: RCPT TO:<staff@example.org>
S: 250
C: RCPT TO:<info@example.com>
S: 250
C: RCPT TO:<nobody-here@example.com>
S: 550 5.1.1
C: DATA
S: 354
C: From: zoe@example.net
C: To: carol
C: Subject: from outside
C: .
S: 250 2.0.0 Ok: queued as
C: QUIT
S: 221
"""
LETTER = "From: carol\nTo: staff\nSubject: from a program\n\nhello\n"
COMPARED = ("Subject", "From", "To", "Return-Path", "X-Original-To", "Delivered-To")


def test_mail_goes_where_postfix_had_it_go(postfix: Machine, mail: Mailer) -> None:
    with _set_up(postfix):
        theirs = _write_everybody(postfix)
        machine = mail.machine
        _carry_over(postfix, machine)
        try:
            said = machine.run("postroom", "import", "/etc/postfix")
            assert "copied: /etc/postfix/maps/canonical: to /etc/postroom/maps/canonical" in said
            assert "note: /etc/postroom/main.cf, line 4: biff: has no effect" in said
            checked = machine.attempt("postroom", "check")
            assert checked.returncode == 0
            assert not re.search("(?:error|warning):", checked.stderr)
            machine.run("postroom", "reload")
            assert _write_everybody(machine) == theirs
        finally:
            machine.sh("rm -r /etc/postfix")
            mail.aliases("postmaster: root\n")


@contextmanager
def _set_up(machine: Machine) -> Iterator[None]:
    before = machine.read("/etc/postfix/main.cf")
    machine.write("/etc/postfix/main.cf", MAIN)
    machine.write("/etc/aliases", ALIASES)
    for path, text in TABLES.items():
        machine.write(path, text)
    machine.run("postmap", *(f"hash:/etc/postfix/{name}" for name in INDEXED))
    machine.run("newaliases")
    machine.run("systemctl", "restart", "postfix")
    yield
    machine.write("/etc/postfix/main.cf", before)


def _carry_over(postfix: Machine, machine: Machine) -> None:
    shutil.copytree(postfix.path("/etc/postfix"), machine.path("/etc/postfix"), symlinks=True)
    machine.write("/etc/aliases", ALIASES)


def _write_everybody(machine: Machine) -> tuple[list[str], dict[str, list[tuple[str, ...]]]]:
    """What a client was told, and who got what."""
    machine.sh("rm -rf /home/*/Maildir")
    machine.run("sendmail", "staff", user="bob", text=LETTER)
    spoken = talk(machine.connect(), VISIT)
    machine.wait_for("all is delivered", lambda: len(_mail_of(machine, "alice")) == 3, 20)
    machine.wait_for("an empty queue", lambda: "is empty" in machine.run("mailq"), 20)
    return _told(spoken), {user: _mail_of(machine, user) for user in USERS}


def _told(spoken: Spoken) -> list[str]:
    """Replies but the greeting's and EHLO's, without queue ids."""
    return [re.sub(r"queued as \w+", "queued", reply) for reply in spoken.replies[2:]]


def _mail_of(machine: Machine, user: str) -> list[tuple[str, ...]]:
    files = machine.path(f"/home/{user}/Maildir/new").glob("*")
    messages = [email.message_from_bytes(file.read_bytes()) for file in files]
    return sorted(tuple(str(one[name]) for name in COMPARED) for one in messages)
