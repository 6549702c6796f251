"""Postfix's own daemons, unpacked, and started as Postfix's master would start them."""

import fcntl
import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from types import TracebackType

from commands.postfix import Postfix

QUEUE = ("pid", "private", "public", "incoming", "active", "deferred", "hold", "data", "etc")
MAIN = """\
queue_directory = {directory}
data_directory = {directory}/data
max_idle = 1h
max_use = 1000000
in_flow_delay = 0
"""
# What master(8) hands down, in this order and from this number on: a pipe that tells how much
# mail comes in, both its ends; a pipe to report to master on; the listening socket.
FIRST = 3
ABOVE = 50


class Daemons:
    """One instance of Postfix below ``directory``; the daemons it runs end with it."""

    def __init__(self, postfix: Postfix, directory: Path, main_cf: str) -> None:
        for name in QUEUE:
            (directory / name).mkdir(parents=True)
        self.directory = directory
        self._postfix = postfix
        self._running = ExitStack()
        own = MAIN.format(directory=directory)
        (directory / "etc/main.cf").write_text(postfix.main_cf + own + main_cf)
        (directory / "etc/master.cf").touch()

    def __enter__(self) -> "Daemons":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def start(self, program: str, place: str) -> Path:
        """Its socket, on which it listens already."""
        path = self.directory / place
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(100)
            pipes = (*os.pipe2(os.O_NONBLOCK), *os.pipe())
            Thread(target=_heard, args=(pipes[2],), daemon=True).start()
            inherited = (pipes[0], pipes[1], pipes[3], listener.fileno())
            self._spawn(program, inherited)
            for descriptor in inherited[:-1]:
                os.close(descriptor)
        return path

    def _spawn(self, program: str, inherited: tuple[int, ...]) -> None:
        # First out of the way of the numbers they are to have.
        high = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, ABOVE) for one in inherited]
        command = self._postfix.command(program, "usr/lib/postfix/sbin")
        process = os.posix_spawn(
            "/usr/bin/env",
            ["env", f"--chdir={self.directory}", *command, "-n", program, "-t", "unix", "-z"],
            {"MAIL_CONFIG": f"{self.directory}/etc", "GENERATION": "0"},
            file_actions=[(os.POSIX_SPAWN_DUP2, one, FIRST + n) for n, one in enumerate(high)],
        )
        self._running.callback(os.waitpid, process, 0)
        self._running.callback(os.kill, process, signal.SIGKILL)
        for descriptor in high:
            os.close(descriptor)


def _heard(reports: int) -> None:
    """Daemons tell master when they are busy, and wait until they are heard."""
    with os.fdopen(reports, "rb", buffering=0) as pipe:
        while pipe.read(8192):
            pass
