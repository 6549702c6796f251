"""One systemd-nspawn container: its disk, its process, its end.

The overlay is mounted in a mount namespace of the container's own, so it is gone with it. The
container powers off when the thread that started it dies, unless it was started to stay. What is
left of it on disk is cleared away by the next that comes, once neither it nor its owner runs.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from machine import cgroup
from machine.places import DISKS, RUNNING, TREE, TREE_INSIDE
from machine.root import base_root

BOOT_SECONDS = 60.0
SHUTDOWN_SECONDS = 20.0
# What still runs when its object is forgotten is a warning to Python; here it is meant.
STARTED: list[subprocess.Popen[bytes]] = []
NO_DISKS: Mapping[str, Path] = MappingProxyType({})
# Arguments: lower, upper, work, root; image and directory of each further disk; --; a command.
MOUNT_AND_BOOT = """
mount -t overlay machine -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4" && shift 4 || exit
while [ "$1" != -- ]; do mount -o loop "$1" "$2" && shift 2 || exit; done
shift; exec "$@"
"""


class BootFailed(Exception):
    """The container did not come up; says how it ended, and carries the end of its console."""


class Container:
    """A container by its name, running or not; all its state is on disk and in /proc."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = RUNNING / name
        self.disk = DISKS / name
        self.group = f"postroom-{name}"
        self.console = self.state / "console"

    @property
    def nspawn(self) -> int:
        """The process id of systemd-nspawn; ProcessLookupError where it does not run."""
        return self._recorded("pid")

    @property
    def leader(self) -> int:
        """The process id of the container's PID 1, seen from here."""
        pid = self.nspawn
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if not children:
            raise ProcessLookupError(self.name)
        return int(children[0])

    @property
    def alive(self) -> bool:
        try:
            return self.leader > 0
        except (ProcessLookupError, FileNotFoundError):
            return False

    @property
    def abandoned(self) -> bool:
        """Whether nobody is left who needs the disk. Its owner needs it while it is not running
        yet, and between a crash and the next boot."""
        return not self._runs("pid") and not self._runs("owner")

    def _runs(self, role: str) -> bool:
        try:
            return self._recorded(role) > 0
        except ProcessLookupError:
            return False

    def _recorded(self, role: str) -> int:
        """The process id in a file of ``state``; ProcessLookupError where it is another's now."""
        try:
            pid, started = map(int, (self.state / role).read_text().split())
        except FileNotFoundError:
            raise ProcessLookupError(self.name) from None
        if _start_time(pid) != started:
            raise ProcessLookupError(self.name)
        return pid

    def _record(self, role: str, pid: int) -> None:
        """At once: others look for what is stale at any moment."""
        unfinished = self.state / f"{role}.unfinished"
        unfinished.write_text(f"{pid} {_start_time(pid)}\n")
        unfinished.rename(self.state / role)

    def prepare(self) -> None:
        """Make the disk: the shared root below, an empty layer of its own above."""
        self.state.mkdir(parents=True, exist_ok=True)
        self._record("owner", os.getpid())
        for part in ("upper", "work", "root"):
            (self.disk / part).mkdir(parents=True, exist_ok=True)

    def boot(self, hostname: str, *, stay: bool, disks: Mapping[str, Path] = NO_DISKS) -> None:
        """Start and wait until the boot is complete; raises BootFailed.

        ``disks`` are file system images, by the directory inside where each is mounted.
        """
        cgroup.create(self.group)
        notify = self.state / "notify"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(notify))
            process = self._spawn(hostname, str(notify), stay=stay, disks=disks)
            STARTED.append(process)
            self._record("pid", process.pid)
            self._await_ready(ready, process)

    def _spawn(
        self, hostname: str, notify: str, *, stay: bool, disks: Mapping[str, Path]
    ) -> subprocess.Popen[bytes]:
        layers = [str(self.disk / part) for part in ("upper", "work", "root")]
        mount = ["unshare", "--mount", "--", "sh", "-c", MOUNT_AND_BOOT, "sh", str(base_root())]
        tie = [] if stay else ["setpriv", "--pdeathsig", "TERM"]
        extra = {inside: self._extra_disk(inside) for inside in disks}
        images = [str(part) for inside, image in disks.items() for part in (image, extra[inside])]
        binds = [f"--bind={directory}:{inside}" for inside, directory in extra.items()]
        command = [*tie, *self._nspawn_command(hostname), *binds]
        with self.console.open("wb") as console:
            return subprocess.Popen(
                [*mount, *layers, *images, "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: cgroup.join(self.group),  # noqa: PLW1509 - a few plain writes
                env={
                    "PATH": os.defpath + ":/usr/sbin:/sbin",
                    "NOTIFY_SOCKET": notify,
                    "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1",
                },
            )

    def _extra_disk(self, inside: str) -> Path:
        directory = self.disk / inside.strip("/").replace("/", "-")
        directory.mkdir(exist_ok=True)
        return directory

    def _nspawn_command(self, hostname: str) -> list[str]:
        return [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot"),
            *("-D", str(self.disk / "root"), "-M", self.name, f"--hostname={hostname}"),
            *("--private-network", "--console=read-only", "--notify-ready=yes"),
            *("--resolv-conf=off", "--timezone=off", "--link-journal=no"),
            f"--bind-ro={TREE}:{TREE_INSIDE}",
            # Without these IPAddressDeny= and SocketBindDeny= are silently not enforced.
            *("--system-call-filter=bpf", "--capability=CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN"),
        ]

    def _await_ready(self, ready: socket.socket, process: subprocess.Popen[bytes]) -> None:
        ready.settimeout(0.2)
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if b"READY=1" in ready.recv(4096).split(b"\n"):
                    return
            except TimeoutError:
                continue
        ended = f"exit code {process.poll()}"
        if process.poll() is None:
            ended = f"not ready within {BOOT_SECONDS:.0f} s"
        self.discard()
        raise BootFailed(f"{self.name}: {ended}: {self.console_end()}")

    def console_end(self) -> str:
        return self.console.read_text(errors="replace")[-2000:] if self.console.exists() else ""

    def power_off(self) -> None:
        """Shut down as a machine does, within SHUTDOWN_SECONDS, or else by force."""
        try:
            pid = self.nspawn
            os.kill(pid, signal.SIGTERM)
            _await_end(pid, SHUTDOWN_SECONDS)
        except ProcessLookupError:
            pass
        self.discard()

    def crash(self) -> None:
        """End every process at once; the disk stays for the next boot."""
        cgroup.kill(self.group)
        try:
            pid = self.nspawn
            os.kill(pid, signal.SIGKILL)
            _await_end(pid, SHUTDOWN_SECONDS)
        except ProcessLookupError:
            pass
        cgroup.remove(self.group)

    def discard(self) -> None:
        """End what runs and remove all traces but the console's text."""
        self.crash()
        shutil.rmtree(self.disk, ignore_errors=True)
        for trace in ("pid", "owner", "notify"):
            (self.state / trace).unlink(missing_ok=True)


def forget_stale() -> None:
    """Clear away what machines left behind that nobody has any more."""
    if not RUNNING.is_dir():
        return
    for state in RUNNING.iterdir():
        container = Container(state.name)
        if (state / "owner").exists() and container.abandoned:
            container.discard()


def _start_time(pid: int) -> int:
    """Field 22 of proc(5)'s stat: tells a process from a later one with the same id."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except FileNotFoundError:
        raise ProcessLookupError(pid) from None


def _await_end(pid: int, seconds: float) -> None:
    """Return when the process is gone or only waits to be reaped by us."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            if not Path(f"/proc/{pid}").exists():
                return
        time.sleep(0.02)
