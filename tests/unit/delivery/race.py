"""Two users at once: one delivers, the other exchanges what the path leads to. Needs root."""

import ctypes
import faulthandler
import mmap
import os
import signal
import struct
import traceback
from collections.abc import Callable
from pathlib import Path

from postroom.delivery.impersonation.identity import Identity, become

# A few thousand in CI, a hundred thousand in `make crash`.
SWAPS = int(os.environ.get("POSTROOM_SWAPS", "3000"))
WORKS = SWAPS // 50
PATIENCE_SECONDS = 60 + SWAPS // 100
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_COUNT = struct.Struct("=Q")


def race(
    attack: Callable[[], object], attacker: Identity, work: Callable[[], str], worker: Identity
) -> list[str]:
    """What ``work`` said each time, while ``attack`` went on at least SWAPS times."""
    with mmap.mmap(-1, mmap.PAGESIZE) as shared:
        child = os.fork()
        if child == 0:
            _attack(attack, attacker, shared)
        try:
            return _work(work, worker, shared)
        finally:
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "attacked to the end"


def exchange(one: Path, other: Path) -> None:
    """renameat2(2): both names are there all the time."""
    names = os.fsencode(one), os.fsencode(other)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE):
        raise OSError(ctypes.get_errno(), "renameat2")


def _attack(attack: Callable[[], object], attacker: Identity, shared: mmap.mmap) -> None:
    try:
        become(attacker)
        count = 0
        while True:
            attack()
            count += 1
            _COUNT.pack_into(shared, 0, count)
    except Exception:
        traceback.print_exc()
    finally:
        # Nobody waits for an attack that is over.
        _COUNT.pack_into(shared, 0, SWAPS)
        os._exit(1)


def _work(work: Callable[[], str], worker: Identity, shared: mmap.mmap) -> list[str]:
    """In a child of its own, which gives its rights up for good."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True)
            become(worker)
            said: list[str] = []
            while len(said) < WORKS or _COUNT.unpack_from(shared)[0] < SWAPS:
                said.append(work())
            with os.fdopen(writer, "w") as report:
                report.write("\n".join(said))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as report:
        lines = report.read().split("\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return lines
