"""A running machine: commands, files, journal."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from machine.container import NO_DISKS, Container, forget_stale
from machine.netns import socket_in

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "TERM": os.environ.get("TERM", "dumb"),
    "DEBIAN_FRONTEND": "noninteractive",
}
Record = dict[str, Any]


class CommandFailed(AssertionError):
    """A command in a machine exited non-zero; the text shows what it said."""


class Machine:
    """Boots at construction, powers off at the end of its ``with`` block.

    ``disks`` are file system images, by the directory inside where each is mounted.
    ``stay=True`` leaves it running after this process; ``Machine.running(name)`` finds it again.
    """

    def __init__(
        self,
        name: str,
        hostname: str | None = None,
        *,
        stay: bool = False,
        disks: Mapping[str, Path] = NO_DISKS,
    ) -> None:
        forget_stale()
        self.container = Container(name)
        if self.container.alive:
            raise FileExistsError(f"machine {name} is already running")
        self.hostname = hostname or f"{name}.test"
        self.container.discard()
        self.container.prepare()
        self._name_itself()
        self._disks = disks
        self.container.boot(self.hostname, stay=stay, disks=disks)

    @classmethod
    def running(cls, name: str) -> "Machine":
        """A machine booted earlier; raises ProcessLookupError where there is none."""
        found = cls.__new__(cls)
        found.container = Container(name)
        found._disks = NO_DISKS
        _ = found.container.leader
        found.hostname = found.path("/etc/hostname").read_text().strip()
        return found

    @property
    def name(self) -> str:
        return self.container.name

    def __enter__(self) -> "Machine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.power_off()

    def power_off(self) -> None:
        self.container.power_off()
        shutil.rmtree(self.container.state, ignore_errors=True)

    def crash(self) -> None:
        """Every process dies at once; ``boot_again`` finds the disk as it was."""
        self.container.crash()

    def boot_again(self) -> None:
        self.container.boot(self.hostname, stay=False, disks=self._disks)

    def _name_itself(self) -> None:
        etc = self.container.disk / "upper/etc"
        etc.mkdir()
        (etc / "hostname").write_text(f"{self.hostname}\n")
        short = self.hostname.partition(".")[0]
        (etc / "hosts").write_text(
            f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {self.hostname} {short}\n"
        )
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")

    def path(self, inside: str) -> Path:
        """A file of the machine as seen from outside. Absolute symbolic links lead astray."""
        return Path(f"/proc/{self.container.leader}/root") / inside.lstrip("/")

    def command(self, arguments: Sequence[str], user: str | None = None) -> list[str]:
        """What to execute here to run ``arguments`` in the machine."""
        become = ["runuser", "-u", user, "--"] if user else []
        return [
            *("nsenter", "-t", str(self.container.leader), "-m", "-u", "-i", "-n", "-p", "-C"),
            *("--wdns=/", "--", *become, *arguments),
        ]

    def popen(
        self, *arguments: str, user: str | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a command and do not wait for it."""
        return subprocess.Popen(self.command(arguments, user), env=ENVIRONMENT, **options)

    def attempt(
        self, *arguments: str, user: str | None = None, text: str = "", seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with ``text`` as its input; any exit code is fine."""
        return subprocess.run(
            self.command(arguments, user),
            env=ENVIRONMENT,
            input=text,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=seconds,
            check=False,
        )

    def run(
        self, *arguments: str, user: str | None = None, text: str = "", seconds: float = 120
    ) -> str:
        """Run a command that must succeed; returns what it printed."""
        done = self.attempt(*arguments, user=user, text=text, seconds=seconds)
        if done.returncode:
            raise CommandFailed(f"{arguments} exited {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def sh(self, script: str, user: str | None = None, seconds: float = 120) -> str:
        """Run a shell script that must succeed."""
        return self.run("sh", "-ec", script, user=user, seconds=seconds)

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def read(self, inside: str) -> str:
        return self.run("cat", inside)

    def put(self, outside: Path, inside: str) -> None:
        shutil.copy(outside, self.path(inside))

    def get(self, inside: str, outside: Path) -> None:
        shutil.copy(self.path(inside), outside)

    def connect(
        self, port: int = 25, address: str = "127.0.0.1", source: str = ""
    ) -> socket.socket:
        """Connect from this machine, as a client that runs in it would (at ``source``)."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket_in(self.container.leader, family)
        connection.settimeout(60)
        try:
            if source:
                connection.bind((source, 0))
            connection.connect((address, port))
        except OSError:
            connection.close()
            raise
        return connection

    def listen(self, port: int, address: str = "0.0.0.0") -> socket.socket:
        """Listen in this machine, for a server that the test itself plays."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket_in(self.container.leader, family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(128)
        return listener

    def add_user(self, name: str) -> None:
        self.run("useradd", "--create-home", "--shell", "/bin/sh", name)

    def from_now_on(self) -> str:
        """The argument by which ``journal`` tells nothing that was said before this call."""
        self.run("journalctl", "--sync")
        return f"--since=@{time.time():.6f}"

    def journal(self, *matches: str) -> list[Record]:
        """Journal records that fit journalctl(1)'s arguments, oldest first."""
        self.run("journalctl", "--sync")
        lines = self.run("journalctl", "-o", "json", "-q", "--no-pager", *matches).splitlines()
        return [json.loads(line) for line in lines]

    def messages(self, *matches: str) -> list[str]:
        """As ``journal``, but each record as ``identifier: text``."""
        return [
            f"{record.get('SYSLOG_IDENTIFIER', '-')}: {record.get('MESSAGE', '')}"
            for record in self.journal(*matches)
        ]

    def wait_for(self, what: str, condition: Callable[[], Any], seconds: float = 10) -> Any:
        """Poll until ``condition`` gives something true, and return that."""
        deadline = time.monotonic() + seconds
        while True:
            if found := condition():
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name}: not within {seconds} s: {what}")
            time.sleep(0.05)
