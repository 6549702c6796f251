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
    # Further tries would only be noise.
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "2h",
    "transport_retry_time": "1s",
}


@dataclass(frozen=True)
class Mailer:
    """A mailer under test, and where its processes are accounted."""

    name: str
    machine: Machine
    group: str


def start_postfix(running: ExitStack, images: Path) -> Mailer:
    machine = _machine(running, "postfix", images, "/var/spool/postfix")
    machine.run("apt-get", "install", "-y", "-q", "postfix")
    _configure(machine, "/etc/postfix", "hash:")
    machine.run("systemctl", "restart", "postfix")
    return Mailer("postfix", machine, "system.slice/postfix.service")


def start_postroom(running: ExitStack, images: Path) -> Mailer:
    machine = _machine(running, "postroom", images, "/var/lib/postroom")
    install_package(machine, build_package())
    _configure(machine, "/etc/postroom", "hash:")
    machine.run("postroom", "reload")
    return Mailer("postroom", machine, "postroom.slice")


def _machine(running: ExitStack, name: str, images: Path, spool: str) -> Machine:
    spool_disk = ext4(images / name)
    machine = Machine(f"bench-{name}-{os.getpid()}", "bench.test", disks={spool: spool_disk})
    running.enter_context(machine)
    Nameserver(machine)
    machine.add_user("alice")
    return machine


def _configure(machine: Machine, directory: str, table: str) -> None:
    machine.write(f"{directory}/transport", TRANSPORT)
    machine.run("postmap", f"{table}{directory}/transport")
    parameters = PARAMETERS | {"transport_maps": f"{table}{directory}/transport"}
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
