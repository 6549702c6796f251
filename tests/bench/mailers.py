"""Two private machines, alike but for the mailer."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.disk import ext4
from machine import Machine, Nameserver
from machine.install import build_package, install_package

# Where each task's mail goes: a host that takes it, one that takes its time (what is accepted
# stays in the queue), and one that is down.
SINK_PORTS = {"relay": 2600, "accept": 2601}
TRANSPORT = "".join(f"{task}.test smtp:[127.0.0.1]:{port}\n" for task, port in SINK_PORTS.items())
TRANSPORT += "down.test smtp:[127.0.0.1]:9\n"
# The rest is what Debian installs. Both get the limits that this work would run into.
PARAMETERS = {
    "myhostname": "bench.test",
    "mydestination": "bench.test, localhost",
    "mynetworks": "127.0.0.0/8",
    "inet_interfaces": "loopback-only",
    "home_mailbox": "Maildir/",
    "message_size_limit": "20480000",
    # Ids that are never used twice, as Postroom's.
    "enable_long_queue_ids": "yes",
    # Further tries would only be noise.
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "2h",
    "transport_retry_time": "1s",
}


@dataclass(frozen=True)
class Mailer:
    """A mailer under test: where its processes are accounted and its mail is, and how it is
    started and stopped."""

    name: str
    machine: Machine
    group: str
    spool: str
    configuration: str
    start: tuple[str, ...]
    stop: tuple[str, ...]
    reload: tuple[str, ...]


def start_postfix(running: ExitStack, images: Path) -> Mailer:
    mailer = Mailer(
        "postfix",
        _machine(running, "postfix", images, "/var/spool/postfix"),
        group="system.slice/postfix.service",
        spool="/var/spool/postfix",
        configuration="/etc/postfix",
        start=("systemctl", "start", "postfix"),
        stop=("systemctl", "stop", "postfix"),
        reload=("postfix", "reload"),
    )
    mailer.machine.run("apt-get", "install", "-y", "-q", "postfix")
    _configure(mailer)
    mailer.machine.run("systemctl", "restart", "postfix")
    return mailer


def start_postroom(running: ExitStack, images: Path) -> Mailer:
    mailer = Mailer(
        "postroom",
        _machine(running, "postroom", images, "/var/lib/postroom"),
        group="postroom.slice",
        spool="/var/lib/postroom",
        configuration="/etc/postroom",
        start=("systemctl", "start", "postroom.target", "postroom-qmgr.service"),
        stop=("postroom", "stop"),
        reload=("postroom", "reload"),
    )
    install_package(mailer.machine, build_package())
    _configure(mailer)
    mailer.machine.run("postroom", "reload")
    return mailer


def deliver_all_to_nowhere(mailer: Mailer) -> None:
    """From now on mail for ``down.test`` arrives, wherever that is."""
    _set_transports(mailer, "down.test discard:\n")


def deliver_by_smtp(mailer: Mailer) -> None:
    _set_transports(mailer, TRANSPORT)


def _set_transports(mailer: Mailer, text: str) -> None:
    mailer.machine.write(f"{mailer.configuration}/transport", text)
    mailer.machine.run("postmap", f"hash:{mailer.configuration}/transport")
    mailer.machine.run(*mailer.reload)


def _machine(running: ExitStack, name: str, images: Path, spool: str) -> Machine:
    # Mailboxes have a disk of their own as well: on the host's, ext4 looks longer for a new file's
    # inode where others have just removed theirs.
    disks = {spool: ext4(images / name), "/home": ext4(images / f"{name}-home")}
    machine = Machine(f"bench-{name}-{os.getpid()}", "bench.test", disks=disks)
    running.enter_context(machine)
    Nameserver(machine)
    machine.add_user("alice")
    return machine


def _configure(mailer: Mailer) -> None:
    table = f"hash:{mailer.configuration}/transport"
    mailer.machine.write(f"{mailer.configuration}/transport", TRANSPORT)
    mailer.machine.run("postmap", table)
    parameters = PARAMETERS | {"transport_maps": table}
    values = (f"{name}={text}" for name, text in parameters.items())
    mailer.machine.run("postconf", "-e", *values)
