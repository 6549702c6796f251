"""submission_mode = maildrop: bob does to the open maildrop whatever a user can."""

import subprocess
from collections.abc import Iterator

import pytest

from system.mailer import Mailer

OPEN = "/var/lib/postroom-drop/open"
LETTER = "Subject: alice's own\n\nwords\n"
# What bob makes there besides mail, by a name that sendmail could have given.
PLANT = f"""
ln -s /etc/passwd {OPEN}/1; ln -s /var/mail/alice {OPEN}/1a; mkfifo -m 640 {OPEN}/2; mkdir {OPEN}/3
echo text >{OPEN}/4; chmod 640 {OPEN}/4
truncate -s 1T {OPEN}/5; chmod 640 {OPEN}/5
cp /bin/sh {OPEN}/6; chmod 6755 {OPEN}/6
mkdir {OPEN}/7; touch {OPEN}/7/kept
"""
# A message that says it is root's, and one whose maker goes on writing.
FORGE = """
import os
from postroom.commands.sendmail.open_maildrop import Dropping
from postroom.contracts.postdrop import Request
def leave(content):
    dropping = Dropping()
    request = Request(sender="root", full_name="Super User", recipients=("alice",))
    dropping.leave(request.encode(), iter([content]))
    return dropping
leave(b"From: root\\nSubject: forged\\n\\nx\\n").close()
held = leave(b"Subject: held\\n\\nx\\n")._descriptor
print("ready", flush=True)
while True:
    os.pwrite(held, b"y", 60)
"""


@pytest.fixture
def maildrop(mail: Mailer) -> Iterator[Mailer]:
    """The mail system is stopped, so that what is left stays there."""
    mail.set(submission_mode="maildrop")
    mail.machine.run("postroom", "stop")
    yield mail
    mail.machine.sh(f"rm -rf {OPEN}/*")
    mail.set(submission_mode="socket")
    mail.machine.run("postroom", "start")


def left(mail: Mailer) -> list[str]:
    return mail.machine.sh(f"ls {OPEN}").split()


def fails(mail: Mailer, user: str, script: str) -> bool:
    return mail.machine.attempt("sh", "-c", script, user=user).returncode != 0


def test_nobody_sees_reads_changes_or_removes_another_s_message(maildrop: Mailer) -> None:
    mail = maildrop
    mail.machine.run("sendmail", "bob", user="alice", text=LETTER)
    (name,) = left(mail)
    file = f"{OPEN}/{name}"
    for attempt in (
        *(f"ls {OPEN}", f"cat {file}", f"echo x >>{file}", f": >{file}", f"rm -f {file}"),
        *(f"mv {file} {OPEN}/x", f"mv {file} /tmp/x", f"chmod 666 {file}", f"cp /bin/sh {file}"),
        *(f"ln -f /etc/hostname {file}", f"rmdir {OPEN}", f"mv {OPEN} {OPEN}2"),
        *("ls /var/lib/postroom-drop", "ls /var/lib/postroom-drop/maildrop"),
    ):
        assert fails(mail, "bob", attempt), attempt
    mail.machine.run("postroom", "start")
    (message,) = mail.wait_for_mail("bob", seconds=20)
    assert message["Subject"] == "alice's own"


def test_what_is_planted_there_reaches_nobody_and_holds_up_no_mail(maildrop: Mailer) -> None:
    """The hard links are made by root: kernels have come to refuse them to bob."""
    mail, machine = maildrop, maildrop.machine
    machine.run("sendmail", "bob", user="alice", text=LETTER)
    (name,) = left(mail)
    shadow = machine.read("/etc/shadow")
    machine.sh(PLANT, user="bob")
    machine.sh(f"ln {OPEN}/{name} {OPEN}/0; ln /etc/shadow {OPEN}/00; ln /etc/hosts {OPEN}/zz")
    machine.run("postroom", "start")
    (message,) = mail.wait_for_mail("bob", seconds=20)
    machine.wait_for("all but a directory is gone", lambda: left(mail) == ["7"])
    assert message["Subject"] == "alice's own"
    assert (machine.read("/etc/shadow"), mail.mailbox("alice")) == (shadow, [])
    machine.run("sendmail", "bob", user="alice", text=LETTER)
    mail.wait_for_mail("bob", 2)
    said = "\n".join(mail.mail_log())
    for what in ("2 names", "a symbolic link", "a FIFO", "a directory", "mode is 4755", "holes"):
        assert what in said
    assert said.count("7 of uid=") == 1


def test_a_message_is_its_maker_s_whatever_it_claims(maildrop: Mailer) -> None:
    mail, machine = maildrop, maildrop.machine
    uid = machine.run("id", "-u", "bob").strip()
    with machine.popen("python3", "-c", FORGE, user="bob", stdout=subprocess.PIPE) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == b"ready\n"
        machine.run("postroom", "start")
        mail.wait_for_log(f"uid={uid} from=<root>")
        mail.wait_for_log(f"open maildrop: .* of uid={uid} removed: ")
        machine.run("pkill", "-U", uid)
    (message,) = mail.wait_for_mail("alice")
    assert message["Subject"] == "forged"
    assert f"from userid {uid}" in message["Received"]


def test_sendmail_makes_no_file_elsewhere_and_returns_when_all_is_synced(maildrop: Mailer) -> None:
    machine = maildrop.machine
    calls = (
        "trace=open,openat,creat,mkdir,mkdirat,mknod,mknodat,symlink,link,linkat,fsync,fdatasync"
    )
    machine.run(
        *("strace", "-f", "-o", "/tmp/calls", "-e", calls, "/usr/sbin/sendmail", "bob"),
        user="alice",
        text=LETTER,
    )
    lines = [line.split(maxsplit=1)[1] for line in machine.read("/tmp/calls").splitlines()]
    making = [line for line in lines if "O_CREAT" in line or "O_TMPFILE" in line]
    assert [line.split(", ")[1] for line in making] == [f'"{OPEN}"']
    last = [line.partition("(")[0] for line in lines if line.startswith(("linkat", "fsync"))]
    assert last == ["fsync", "linkat", "fsync"]
