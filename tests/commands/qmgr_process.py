"""qmgr itself, in a process of its own, with a spool the test has filled."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from postroom.config.configuration import load
from postroom.contracts import qmgr, queue_admin, showq
from postroom.mail.queue_id import format_queue_id
from postroom.queue.qmgr.settings import Settings
from postroom.spool.queue_file import State, whole_file

SERVICES = Path(__file__).parents[2] / "services"
SOCKETS = (qmgr.CONTRACT.name, showq.CONTRACT.name, queue_admin.CONTRACT.name)
# What systemd would do: sockets from descriptor 3 on, and the process's own number.
LAUNCHER = """
import os, sys
for target, inherited in enumerate(map(int, sys.argv[3:]), 103):
    os.dup2(inherited, target)
for target in range(3, 3 + len(sys.argv[3:])):
    os.dup2(target + 100, target)
os.environ["LISTEN_PID"] = str(os.getpid())
sys.path.insert(0, sys.argv[1])
from postroom import instance
instance.run_directory = lambda _: sys.argv[2]
from postroom.queue.qmgr.__main__ import main
main()
"""


def put(directory: Path, number: int, content: bytes, state: State) -> str:
    """Make the file of a message that waits for an hour; returns its id."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / format_queue_id(number)
    path.write_bytes(whole_file(number, content, state))
    due = time.time() + 3600
    os.utime(path, (due, due))
    return path.name


@contextmanager
def qmgr_process(run: Path, spool: Path) -> Iterator[None]:
    """Serves its sockets below ``run`` until the end of the block."""
    spool.mkdir(exist_ok=True)
    (run / "main.cf").write_text("compatibility_level = 3.10\n")
    (run / "master.cf").write_text("")
    facts = {"service_name": "qmgr", "process_limit": 1, "arguments": (), "transports": ()}
    settings = load(run).settings(Settings, **facts)
    (run / "settings").write_bytes(msgspec.json.encode(settings))
    with ExitStack() as held:
        listeners = [held.enter_context(socket.socket(socket.AF_UNIX)) for _ in SOCKETS]
        for name, listener in zip(SOCKETS, listeners, strict=True):
            listener.bind(str(run / name))
            listener.listen()
        numbers = [listener.fileno() for listener in listeners]
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(SERVICES), str(run), *map(str, numbers)],
            env={
                **os.environ,
                "LISTEN_FDS": str(len(SOCKETS)),
                "LISTEN_FDNAMES": ":".join(SOCKETS),
                "STATE_DIRECTORY": str(spool),
                "CREDENTIALS_DIRECTORY": str(run),
            },
            pass_fds=numbers,
        )
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0
