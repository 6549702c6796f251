"""One switch (main.cf: submission_mode) decides how programs hand in mail; each way keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from system.mailer import Mailer

LETTER = "Subject: words\n\nwords\n"
# Modes of the state directory, the maildrop, and the open maildrop.
MODES = {
    "maildrop": ["711", "700", "3733"],
    "restricted": ["710", "1730", "700"],
    "socket": ["700", "700", "700"],
}
STATE = "/var/lib/postroom-drop"
DIRECTORIES = (STATE, f"{STATE}/maildrop", f"{STATE}/open")


@pytest.fixture
def restored(mail: Mailer) -> Iterator[Mailer]:
    """Afterwards the mode is the default again."""
    yield mail
    mail.set(submission_mode="socket")


def test_a_reload_changes_the_mode_and_every_program_can_send(restored: Mailer) -> None:
    mail, machine = restored, restored.machine
    for mode, modes in MODES.items():
        mail.set(submission_mode=mode)
        assert machine.run("stat", "-c", "%a", *DIRECTORIES).split() == modes
        for user in ("alice", "root"):
            machine.run("sendmail", "bob", user=user, text=LETTER)
        # A service that may write nowhere, either.
        machine.sh(
            f"printf '{LETTER}' | systemd-run --quiet --wait --pipe --collect -p DynamicUser=yes"
            " -p ProtectSystem=strict /usr/sbin/sendmail -f cron@example.org bob"
        )
    letters = mail.wait_for_mail("bob", 3 * len(MODES))
    senders = [letter["From"] for letter in letters]
    assert [sender.count("alice@example.org") for sender in senders].count(1) == len(MODES)


def test_who_talks_to_everybody_cannot_see_what_others_sent(restored: Mailer) -> None:
    """submission_mode = restricted: with all that postdrop may, one can add and no more."""
    mail, machine = restored, restored.machine
    mail.set(submission_mode="restricted")
    machine.run("postroom", "stop")
    machine.run("sendmail", "bob", user="alice", text=LETTER)
    (name,) = machine.sh(f"ls {STATE}/maildrop").split()
    assert machine.run("getent", "group", "postroom-drop").strip().endswith(":")
    powers = ("DynamicUser=yes", "Group=postroom-drop", f"ReadWritePaths={STATE}/maildrop")
    as_postdrop = [word for power in powers for word in ("-p", power)]
    for command, succeeds in (
        (f"touch {STATE}/maildrop/.mine", True),
        (f"ls {STATE}/maildrop", False),
        (f"rm -f {STATE}/maildrop/{name}", False),
        (f"mv {STATE}/maildrop/{name} {STATE}/maildrop/other", False),
        (f"echo x >>{STATE}/maildrop/{name}", False),
    ):
        done = machine.attempt(
            *("systemd-run", "--quiet", "--wait", "--pipe", "--collect", *as_postdrop),
            *("sh", "-c", command),
        )
        assert (done.returncode == 0) is succeeds, command
    machine.run("rm", f"{STATE}/maildrop/.mine")
    machine.run("postroom", "start")
    mail.wait_for_mail("bob", seconds=20)


def test_what_is_sent_while_stopped_waits_whatever_becomes_of_the_mode(restored: Mailer) -> None:
    mail, machine = restored, restored.machine
    machine.run("postroom", "stop")
    for mode in MODES:
        mail.set(submission_mode=mode)
        machine.run("sendmail", "bob", user="alice", text=LETTER)
    machine.run("postroom", "start")
    mail.wait_for_mail("bob", len(MODES), seconds=20)


def test_a_full_disk_makes_sendmail_say_so_and_exit_75(restored: Mailer) -> None:
    mail, machine = restored, restored.machine
    with small_disk(mail):
        for count, mode in enumerate(MODES, start=1):
            mail.set(submission_mode=mode)
            machine.sh(f"cat /dev/zero >{STATE}/ballast 2>/dev/null || true")
            refused = machine.attempt("sendmail", "bob", user="alice", text=LETTER)
            assert refused.returncode == 75
            assert "storage" in refused.stderr or "No space left" in refused.stderr
            assert machine.sh(f"find {STATE}/maildrop {STATE}/open -type f") == ""
            machine.run("rm", f"{STATE}/ballast")
            machine.run("sendmail", "bob", user="alice", text=LETTER)
            mail.wait_for_mail("bob", count, seconds=20)


@contextmanager
def small_disk(mail: Mailer) -> Iterator[None]:
    """What programs hand in lies on a disk of a megabyte."""
    units = ("postroom-postdrop.socket", "postroom-pickup.service")
    mail.machine.run("systemctl", "stop", *units)
    mail.machine.run("mount", "-t", "tmpfs", "-o", "size=1m", "drop", STATE)
    mail.machine.run("systemctl", "start", units[0])
    yield
    mail.machine.run("systemctl", "stop", *units)
    mail.machine.run("umount", STATE)
    mail.machine.run("systemctl", "start", units[0])
