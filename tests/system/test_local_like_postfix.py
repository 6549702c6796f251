"""Aliases, .forward files and mailboxes do the same as with Debian's Postfix in a machine beside.

Not compared, for ours is different: aliases that lead to each other, which Postfix follows until
a limit; ``\\user``, which its manual has and its address parser has not; what is said of a program
that is not there; a command's directory, which is the user's home; a list without members, of which
Postfix says nothing.
"""

import email
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from machine import Machine
from system.comparison import assert_same_lines
from system.mailer import Mailer
from system.postfix import start_postfix
from system.settled import await_settled

OUT = "/srv/out"
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "example.org",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "default_transport": "discard",
    "relayhost": "",
    "virtual_alias_maps": "",
    "defer_transports": "",
    "local_recipient_maps": "",
    "alias_maps": "hash:/etc/aliases, regexp:/srv/patterns",
    "recipient_delimiter": "+",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    # What stories set below.
    "home_mailbox": "",
    "mailbox_command": "",
    "mailbox_command_maps": "",
    "mailbox_transport_maps": "",
    "fallback_transport_maps": "",
    "luser_relay": "",
    "forward_path": "$home/.forward${recipient_delimiter}${extension}, $home/.forward",
    "frozen_delivered_to": "yes",
    "prepend_delivered_header": "command, file, forward",
    "propagate_unmatched_extensions": "canonical, virtual",
    "owner_request_special": "yes",
    "expand_owner_alias": "no",
    "reset_owner_alias": "no",
    "allow_mail_to_files": "alias, forward",
    "allow_mail_to_commands": "alias, forward",
    "command_execution_directory": "",
    "local_command_shell": "",
    "export_environment": "TZ MAIL_CONFIG LANG",
    "require_home_directory": "no",
    "local_delivery_status_filter": "",
    "enable_original_recipient": "yes",
    "mail_spool_directory": "/var/mail",
    "default_privs": "nobody",
    "transport_maps": "",
    "relocated_maps": "",
}
ALIASES = f"""
postmaster: root
list: alice, bob
chain: link
link: alice
self: self
back: \\alice
"joe user": alice
lists: list, carol
twice: alice, alice, Alice@example.org
away: far@example.net, further@example.net
file: {OUT}/file
maildir: {OUT}/maildir/
null: /dev/null
no-file: /root/file
command: "|{OUT}/show {OUT}/command"
shell: "|{OUT}/show {OUT}/shell; exit 0"
later: "|exit 75"
unknown: "|echo no such; exit 67"
own-code: "|echo 5.2.1 not today; exit 1"
status-3: "|exit 3"
signal: "|kill -9 $$"
include: :include:/srv/list
no-include: :include:/srv/nothing
open-include: :include:/srv/open-list
owned: alice, nosuch
owner-owned: bob, carol
inner: owned-inner
owned-inner: alice
owner-inner: bob
nobody: nosuch
half: alice, nosuch
crew-request: alice
route: <@a.example,@b.example:far@example.net>
bang: example.net!far
no-domain: alice@
at-home: ~/file
no-root: :include:srv/list
spaced: alice bob
empty: <>
team: crew: alice, bob;
fax: fax:alice
"""
FILES = {
    "/srv/list": f"carol\n# none\nalice@example.org, far@example.net\n{OUT}/included\n",
    "/srv/open-list": "carol\n",
    "/home/bob/.forward": "bob, carol\n",
    "/srv/filter": "/^4.3.0 temp/ 5.3.1 given up\n/maildir/ 5.0.0 not so\n/file/ 2.1.5 kept\n",
    "/home/bob/.forward+x": f'"|{OUT}/show {OUT}/forward"\n',
    "/home/bob/.forward+file": "/home/bob/kept\n",
    "/home/bob/.forward+home": "~/at-home, ~/box/\n",
    "/home/bob/.forward+alice": "alice\n",
    "/home/bob/.forward+far": "far@example.net, carol\n",
    "/home/bob/.forward+list": ":include:/home/bob/list\n",
    "/home/bob/.forward+none": "# nobody\n",
    "/home/bob/list": "alice, carol\n",
    "/srv/forwards/bob": "alice\n",
    "/srv/forwards/bob+y": "list@example.org, alice\n",
    # A file for each time it is run: no delivery writes over another's.
    f"{OUT}/show": (
        '#!/bin/sh\ntold=$(mktemp -q "$1$EXTENSION.XXXXXX") || exit 2\n'
        '{ pwd; id -un; env | sort; cat; } >"$told"\n'
    ),
}
PATTERNS = f'/^wild-/ alice\n/^written-(.*)/ "|{OUT}/show {OUT}/$1"\n'
NAMES = re.findall(r'(?m)^"?([a-z][a-z 3-]*)"?:', ALIASES)
EVERYBODY = (
    *(name for name in NAMES if not name.startswith(("owner-", "post", "joe"))),
    '"joe user"',
    *("alice", "ALICE", "alice+y", "bob", "bob+x", "bob+y", "bob+file", "bob+alice", "bob+far"),
    "bob+home",
    *(
        "bob+list",
        "bob+none",
        "carol",
        "nosuch",
        "nosuch+x",
        "list+x",
        "include+x",
        "command+x",
        "crew+x",
    ),
    *("owner-owned", "root", "wild-x", "written-x", "MAILER-DAEMON", "mailer-daemon+x"),
    *("LIST+X@Example.ORG", "OWNED+X@Example.org", "Command+Yy", "BOB+X", "Bob+Far@EXAMPLE.org"),
    *("NoSuch+X@EXAMPLE.org", '"JOE User"', "bob+../carol/x", "list+x/y", "Command+/../Z"),
)


SENDER = r"""
while read -r name; do
    printf 'Subject: %s\n\nhello\n' "$name" | sendmail -f sender@example.net -oi -- "$name"
done
"""


DELIVERED = re.compile(r"postfix/(?:local|discard): (?:warning: )?")


class Found(NamedTuple):
    """The mail log, and what lies where."""

    lines: list[str]
    messages: list[str]


SETTINGS: Sequence[Mapping[str, str]] = (
    {},
    {
        "home_mailbox": "Maildir/",
        "frozen_delivered_to": "no",
        "prepend_delivered_header": "command",
        "propagate_unmatched_extensions": "alias, forward, include",
        "owner_request_special": "no",
        "recipient_delimiter": "-+",
        "expand_owner_alias": "yes",
        "reset_owner_alias": "yes",
        "allow_mail_to_files": "include",
        "allow_mail_to_commands": "alias",
        "luser_relay": "bob+$user",
        "export_environment": "TZ LANG=C MINE=yes",
        "local_command_shell": "/bin/sh -c",
        "command_execution_directory": "/srv",
        "local_delivery_status_filter": "regexp:/srv/filter",
    },
    {
        "mailbox_command": f"{OUT}/show {OUT}/mine-$USER-${{EXTENSION:-none}}-$(echo $DOMAIN)",
        "mailbox_command_maps": f"inline:{{ {{carol = {OUT}/show {OUT}/$$ORIGINAL_RECIPIENT}} }}",
        "mailbox_transport_maps": "inline:{alice=discard:}",
        "fallback_transport_maps": "inline:{nosuch=discard:}",
        "forward_path": "/srv/forwards/$user, /srv/forwards/$user+$extension",
    },
    {
        "enable_original_recipient": "no",
        "mail_spool_directory": f"{OUT}/",
        "default_privs": "bob",
        "require_home_directory": "yes",
    },
    {"home_mailbox": "mail/in/box/", "allow_mail_to_files": "", "allow_mail_to_commands": ""},
    {
        "luser_relay": "$user-$local-$mailbox-$domain-${extension?{$extension}:{none}}-"
        "$extension-${extension:no}-$recipient_delimiter-${shell}-${home:{}}-$nothing-"
        "${{$user} == {nosuch} ? {a} : {b}}-$$@example.net",
        "recipient_delimiter": "-+",
        "forward_path": "/srv/forwards/${extension?{$user$recipient_delimiter$extension}:{$user}}"
        ", /srv/forwards/$nothing$user, $home/${shell?{.forward}}+${{$extension}=={x}?{x}:{no}}",
        "forward_expansion_filter": "+/abcdefghijklmnopqrstuvwx",
        "propagate_unmatched_extensions": "forward",
        "command_execution_directory": "/srv/at-${extension?{$user}:{none}}",
        "execution_directory_expansion_filter": "abcdefghijklmnopqrstuvwxyz",
    },
    {
        "transport_maps": "inline:{bob@example.org=discard:elsewhere}",
        "relocated_maps": "inline:{carol@example.org=away@example.net}",
    },
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_same_becomes_of_mail_for_users_and_aliases(
    postfix: Machine, mail: Mailer, setting: Mapping[str, str]
) -> None:
    configure(postfix, mail, PARAMETERS | setting)
    ours, theirs = (deliver(machine) for machine in (mail.machine, postfix))
    assert ours.messages
    for our, their in zip(ours, theirs, strict=True):
        assert_same_lines(our, their)


def configure(postfix: Machine, mail: Mailer, parameters: Mapping[str, str]) -> None:
    for machine in (postfix, mail.machine):
        machine.write("/srv/patterns", PATTERNS)
    mail.set(**parameters)
    start_postfix(postfix, parameters)


def deliver(machine: Machine) -> Found:
    machine.sh(f"rm -rf /var/mail/* /home/*/Maildir /home/bob/[!.]* {OUT}; mkdir -m 1777 {OUT}")
    machine.sh("mkdir -p /srv/forwards")
    for path, text in FILES.items():
        machine.write(path, text)
    machine.sh(
        f"chmod 755 {OUT}/show; chmod 644 /home/bob/.f* /srv/list; chmod 666 /srv/open-list;"
        "chown bob: /home/bob/.f* /home/bob/list /srv/forwards/bob*; "
        "cd /srv; mkdir -p at-bob at-command at-own at-status at-none"
    )
    machine.write("/etc/aliases", ALIASES)
    machine.run("newaliases")
    machine.sh("sleep 1.2")
    since = machine.from_now_on()
    machine.run("sh", "-c", SENDER, text="".join(f"{name}\n" for name in EVERYBODY))
    await_settled(machine)
    lines = machine.messages(since)
    found = Found(said(lines), kept(machine))
    machine.run("postsuper", "-d", "ALL")
    machine.write("/etc/aliases", "postmaster: root\n")
    machine.sh("newaliases; rm -f /home/bob/.forward*")
    return found


LARGEST = 20_000
GROWING = f"""
mailbox: alice
file: {OUT}/file
command: "|head -c 30000 /dev/zero >{OUT}/command; echo $? $(ulimit -f) $(ulimit -Hf); exit 73"
"""


def test_files_of_mailboxes_and_of_commands_grow_to_the_same_size(
    postfix: Machine, mail: Mailer
) -> None:
    """The command hears of it, and is not ended by a signal."""
    limits = {"message_size_limit": "10000", "mailbox_size_limit": str(LARGEST)}
    configure(postfix, mail, PARAMETERS | limits)
    ours, theirs = (fill(machine) for machine in (mail.machine, postfix))
    assert ours == theirs
    assert len([line for line in ours.lines if "File too large" in line]) == 3


def fill(machine: Machine) -> Found:
    """Mail for files with room for a few bytes."""
    machine.sh(
        f"rm -rf /var/mail/* {OUT}; mkdir -m 1777 {OUT}; cd {OUT};"
        f"truncate -s {LARGEST - 50} /var/mail/alice file; chmod 666 file;"
        "chown alice:mail /var/mail/alice; chmod 600 /var/mail/alice"
    )
    machine.write("/etc/aliases", GROWING)
    machine.sh("newaliases; sleep 1.2")
    since = machine.from_now_on()
    machine.run("sh", "-c", SENDER, text="mailbox\nfile\ncommand\n")

    def outcomes() -> list[str]:
        # Not those of the reports, which come when they come.
        found = [line for line in said(machine.messages(since)) if "orig_to=" in line]
        return found if len(found) >= len(GROWING.split("\n")) - 2 else []

    lines = machine.wait_for("three outcomes", outcomes, 60)
    sizes = machine.sh(f"stat -c '%n %s' {OUT}/* /var/mail/*").splitlines()
    machine.run("postsuper", "-d", "ALL")
    machine.write("/etc/aliases", "postmaster: root\n")
    machine.sh("newaliases")
    return Found(lines, sizes)


def said(lines: Sequence[str]) -> list[str]:
    outcomes = [line for line in lines if DELIVERED.match(line) and " status=" in line]
    plain = [re.sub(r"delays?=[^ ]* |relay=[^ ]* ", "", line) for line in outcomes]
    plain += [line for line in lines if ":include: file" in line]
    plain += [line for line in lines if "address with illegal extension: " in line]
    return sorted(
        re.sub(
            r"forwarded as \w+",
            "forwarded as ID",
            re.sub(rf"{DELIVERED.pattern}(?:\w+: )?", "", line),
        ).replace(" )", ")")
        for line in plain
    )


def kept(machine: Machine) -> list[str]:
    paths = machine.sh(
        f"find /var/mail /home/alice /home/bob /home/carol {OUT} -type f"
        f" -not -name '.*' -not -path {OUT}/show -not -name list"
    ).split()
    found = []
    for path in paths:
        text = machine.read(path)
        place = re.sub(r"/new/.*", "/new/*", path)
        if "\nPATH=" in text:
            place = place.rpartition(".")[0]
            head, _, text = text.partition("\nFrom ")
            head = re.sub(r"(?m)^(_|LANG|MAIL_CONFIG|PWD|OLDPWD|SHLVL)=.*\n", "", head)
            found.append(f"{place} told {head.split()[1:]}")
            text = f"From {text}"
        for message in re.split(r"(?m)^(?=From )", text):
            if message:
                found.append(f"{place} {fields(message)}")
    return sorted(found)


def fields(text: str) -> str:
    message = email.message_from_string(text)
    names = ("Return-Path", "X-Original-To", "Delivered-To")
    head = [f"{name}: {value}" for name, value in message.items() if name in names]
    return f"{message['Subject']} {head}"
