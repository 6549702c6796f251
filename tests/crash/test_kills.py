"""Random components of a loaded machine are killed, again and again.

``POSTROOM_KILLS`` says how often: 60 by default, ``make crash`` takes 500 or more.
"""

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crash.killer import Killer
from crash.load import Load
from crash.search import Found
from crash.sink import Sink
from machine import Machine, Nameserver
from machine.install import build_package, install_package
from system.mailer import Mailer

KILLS = int(os.environ.get("POSTROOM_KILLS", "60"))
SEED = int(os.environ.get("POSTROOM_SEED", random.randrange(1_000_000)))
SECONDS_BETWEEN = 0.5
SMTP_CLIENTS = 4
# Acknowledged messages before the first kill.
WARM = 50
TRANSPORT = "/etc/postroom/transport"


@pytest.fixture
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailer]:
    with Machine(f"crash-{os.getpid()}", "mail.example.org") as machine:
        Nameserver(machine)
        machine.add_user("alice")
        install_package(machine, build_package())
        mail = Mailer(machine, "example.org")
        mail.postmap(TRANSPORT, transport(dead="[127.0.0.1]:9"))
        mail.postmap("/etc/postroom/virtual", "other@virtual.example.org alice\n")
        mail.set(
            home_mailbox="Maildir/",
            transport_maps=f"hash:{TRANSPORT}",
            virtual_alias_domains="virtual.example.org",
            virtual_alias_maps="hash:/etc/postroom/virtual",
            smtpd_reject_unlisted_recipient="no",
            transport_retry_time="1s",
        )
        yield mail


def transport(dead: str) -> str:
    return f"sink.example.net smtp:[127.0.0.1]:2525\ndead.example.net smtp:{dead}\n"


@pytest.fixture
def sink(mail: Mailer, tmp_path: Path) -> Iterator[Sink]:
    sink = Sink(mail.machine.listen(2525, "127.0.0.1"), tmp_path / "arrived")
    yield sink
    sink.stop()


@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_when_components_are_killed(mail: Mailer, sink: Sink) -> None:
    print(f"\nseed {SEED}")
    load = Load(mail.machine, SMTP_CLIENTS)
    mail.machine.wait_for("everything to be warm", lambda: len(load.acknowledged) > WARM, 30)
    killer = Killer(mail.machine, SEED)
    killer.kill(KILLS, SECONDS_BETWEEN)
    load.stop()
    settle(mail)

    found = Found(maildir(mail), sink.arrived)
    lost = found.lost(load.acknowledged)
    print_counts(killer, load, found, lost)
    assert lost == []
    assert [line for line in mail.log() if "Traceback" in line or "never retrieved" in line] == []


def settle(mail: Mailer) -> None:
    """Everything that waits gets its way: the dead host comes to life as the sink."""
    mail.machine.run("postroom", "start")
    mail.postmap(TRANSPORT, transport(dead="[127.0.0.1]:2525"))
    mail.reload()

    def flushed() -> bool:
        mail.machine.run("postqueue", "-f")
        return "Mail queue is empty" in mail.queue()

    mail.machine.wait_for("maildrop and queue empty", flushed, seconds=120)


def maildir(mail: Mailer) -> Path:
    return mail.machine.path("/home/alice/Maildir")


def print_counts(killer: Killer, load: Load, found: Found, lost: Sequence[object]) -> None:
    for unit, count in sorted(killer.killed.items()):
        print(f"{count:6d} kills of {unit}")
    print(f"{killer.killed.total():6d} kills")
    print(
        f"{len(load.acknowledged):6d} messages acknowledged, {load.unanswered} attempts cut short"
    )
    duplicates = found.duplicates(load.acknowledged)
    print(", ".join(f"{kind.name.lower()} {duplicates[kind]}" for kind in duplicates), "duplicates")
    print(f"{len(lost):6d} lost")
