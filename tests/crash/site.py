"""The mailer that is to crash: one local user, one host to relay to, one that is down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from machine import Machine, Nameserver
from machine.install import build_package, install_package
from system.mailer import Mailer

TRANSPORT = "/etc/postroom/transport"
VIRTUAL = "/etc/postroom/virtual"
HOME = "/home/alice"
SINK_PORT = 2525
SETTLE_SECONDS = 180
JOURNAL_SECONDS = 600
_COMPLAINTS = "Traceback|never retrieved"


@contextmanager
def running_site(name: str, disks: Mapping[str, Path] | None = None) -> Iterator[Mailer]:
    """``disks`` are images, by the directory where each is mounted. There may be mail on them."""
    with Machine(name, "mail.example.org", disks=disks or {}) as machine:
        Nameserver(machine)
        machine.add_user("alice")
        install_package(machine, _package())
        mail = Mailer(machine, "example.org")
        mail.postmap(TRANSPORT, _transport(dead="[127.0.0.1]:9"))
        mail.postmap(VIRTUAL, "other@virtual.example.org alice\n")
        mail.set(
            home_mailbox="Maildir/",
            transport_maps=f"hash:{TRANSPORT}",
            virtual_alias_domains="virtual.example.org",
            virtual_alias_maps=f"hash:{VIRTUAL}",
            smtpd_reject_unlisted_recipient="no",
            transport_retry_time="1s",
        )
        for directory in disks or {}:
            _put_mail_on(machine, directory)
        yield mail


@cache
def _package() -> Path:
    return build_package()


def _put_mail_on(machine: Machine, disk: str) -> None:
    """Spool, maildrop and home on one disk, so that one log has them in order.

    Only now: what is there must not be found by a mailer that does not know yet where it goes.
    """
    machine.sh("systemctl stop 'postroom*.socket' 'postroom*.timer' 'postroom*.service'")
    places = {
        "postroom": "/var/lib/postroom",
        "postroom-drop": "/var/lib/postroom-drop",
        "alice": HOME,
    }
    for name, place in places.items():
        machine.sh(f"mkdir -p {disk}/{name} {place} && mount --bind {disk}/{name} {place}")
    machine.sh(f"chown alice: {HOME}")
    machine.run("systemd-tmpfiles", "--create", "postroom.conf")
    machine.run("systemctl", "start", "sockets.target", "postroom.target")


def _transport(dead: str) -> str:
    return f"sink.example.net smtp:[127.0.0.1]:{SINK_PORT}\ndead.example.net smtp:{dead}\n"


def settle(mail: Mailer) -> None:
    """Everything that waits gets its way: the dead host comes to life as the sink."""
    mail.machine.run("postroom", "start")
    mail.postmap(TRANSPORT, _transport(dead=f"[127.0.0.1]:{SINK_PORT}"))
    mail.reload()

    def flushed() -> bool:
        mail.machine.run("postqueue", "-f")
        return "Mail queue is empty" in mail.queue()

    mail.machine.wait_for("maildrop and queue empty", flushed, SETTLE_SECONDS)


def maildir(mail: Mailer) -> Path:
    return mail.machine.path(f"{HOME}/Maildir")


def complaints(mail: Mailer) -> list[str]:
    """What no component may ever say, whatever happens to it. journalctl looks for it: after an
    hour there are millions of lines."""
    found = mail.machine.attempt(
        *("journalctl", "-q", "--no-pager", "--output=short", f"--grep={_COMPLAINTS}"),
        seconds=JOURNAL_SECONDS,
    )
    assert not found.stderr
    return found.stdout.splitlines()
