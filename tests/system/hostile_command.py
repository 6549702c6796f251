#!/usr/bin/python3
"""What a user's command could try against the agent that runs it, and what came of each.

Runs in the machine. The first argument is a file with the process ids of the agent and its
nursery, the second one the file that the report goes to.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# These are this process's own: 0, 1, 2, and that of the directory as it is listed.
DESCRIPTORS = sorted(path.name for path in Path("/proc/self/fd").iterdir())
PTRACE_ATTACH = 16
PIDFD_GETFD = 438
CLONE_NEWUSER = 0x10000000
WORKER = os.getppid()
AGENT, NURSERY = map(int, Path(sys.argv[1]).read_text().split())
libc = ctypes.CDLL(None, use_errno=True)


def call(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def connect(family: int, address: tuple[str, int] | str) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(3)
        sock.connect(address)


def read(path: str) -> None:
    with Path(path).open("rb") as file:
        file.read(1)


def steal_descriptor(pid: int) -> None:
    call(libc.syscall(PIDFD_GETFD, os.pidfd_open(pid), 3, 0))


def run_setuid_program() -> None:
    """A copy of id(1) that belongs to root and has the bit."""
    done = subprocess.run(["/srv/setuid-id", "-u"], capture_output=True, check=True)
    if done.stdout.strip() != b"0":
        raise PermissionError(errno.EPERM, "nobody else")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "become root": lambda: os.setresuid(0, 0, 0),
    "become another": lambda: os.setresuid(1, 1, 1),
    "other groups": lambda: os.setgroups([8]),
    "setuid program": run_setuid_program,
    "new namespace": lambda: call(libc.unshare(CLONE_NEWUSER)),
    "connect to ::1": lambda: connect(socket.AF_INET6, ("::1", 25)),
    "connect to 127.0.0.1": lambda: connect(socket.AF_INET, ("127.0.0.1", 25)),
    "connect to own address": lambda: connect(socket.AF_INET, ("10.77.0.1", 25)),
    "connect to next host": lambda: connect(socket.AF_INET, ("10.77.0.2", 25)),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
    "shadow": lambda: read("/etc/shadow"),
    "the spool": lambda: list(Path("/var/lib/postroom").iterdir()),
    "its state": lambda: list(Path("/var/lib/postroom-local").iterdir()),
    "its settings": lambda: (
        list(Path("/run/credentials").iterdir())
        and read("/run/credentials/postroom-local.service/settings")
    ),
}
for name in ("cleanup", "qmgr", "local", "proxymap", "rewrite", "bounce", "queue-admin", "pickup"):
    ATTEMPTS[f"ask {name}"] = lambda name=name: connect(socket.AF_UNIX, f"/run/postroom/{name}")
for what, pid in (("agent", AGENT), ("nursery", NURSERY), ("worker", WORKER)):
    ATTEMPTS |= {
        f"trace {what}": lambda pid=pid: call(libc.ptrace(PTRACE_ATTACH, pid, 0, 0)),
        f"memory of {what}": lambda pid=pid: read(f"/proc/{pid}/mem"),
        f"environment of {what}": lambda pid=pid: read(f"/proc/{pid}/environ"),
        f"descriptors of {what}": lambda pid=pid: list(Path(f"/proc/{pid}/fd").iterdir()),
        f"a descriptor of {what}": lambda pid=pid: steal_descriptor(pid),
    }
for what, pid in (("agent", AGENT), ("nursery", NURSERY), ("init", 1)):
    ATTEMPTS[f"kill {what}"] = lambda pid=pid: os.kill(pid, signal.SIGKILL)


def end_of(attempt: Callable[[], object]) -> str:
    """The name of the error, ``worked`` if there was none."""
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "worked"


status = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
report = {
    "attempts": {name: end_of(attempt) for name, attempt in ATTEMPTS.items()},
    "descriptors": DESCRIPTORS,
    "environment": sorted(os.environ),
    "status": {fields[0]: fields[1:] for fields in status},
    "groups": os.getgroups(),
}
Path(sys.argv[2]).write_text(json.dumps(report))
