"""The disk that remembers: a process of its own between a loop device and an image file.

    python3 -m crash.disk.recording DIRECTORY IMAGE LOG

serves DIRECTORY/disk, which is IMAGE, and one file for each kind of mark: a line written there
is noted in LOG after all writes before it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crash.disk.filesystem import is_mounted, serve, unmount
from crash.disk.write_log import WriteLog

DISK = "disk"
ACKNOWLEDGED = "acknowledged"
ARRIVED = "arrived"
START_SECONDS = 10


class _Recorded:
    """The disk."""

    def __init__(self, image: Path, log: WriteLog) -> None:
        self.size = image.stat().st_size
        self._descriptor = os.open(image, os.O_RDWR)
        self._log = log

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def write(self, offset: int, data: bytes) -> None:
        os.pwrite(self._descriptor, data, offset)
        self._log.write(offset, data)

    def sync(self) -> None:
        self._log.flush()


class _Marks:
    """A file to write lines to; the kernel may hand one over in two pieces."""

    size = 0

    def __init__(self, kind: str, log: WriteLog) -> None:
        self._kind = kind
        self._log = log
        self._begun = b""

    def read(self, _offset: int, _length: int) -> bytes:
        return b""

    def write(self, _offset: int, data: bytes) -> None:
        *lines, self._begun = (self._begun + data).split(b"\n")
        for line in lines:
            self._log.mark(f"{self._kind} ".encode() + line)

    def sync(self) -> None:
        """Marks are noted at once."""


@contextmanager
def recorded(directory: Path, image: Path, log: Path) -> Iterator[Path]:
    """The disk made of ``image``, below ``directory``; it must not be in use at the end."""
    directory.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "crash.disk.recording", directory, image, log],
        cwd=Path(__file__).parents[2],
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_mounted(directory):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the disk is not there")
            time.sleep(0.02)
        yield directory / DISK
    finally:
        if is_mounted(directory):
            unmount(directory)
        process.wait(START_SECONDS)


def main(directory: Path, image: Path, log_path: Path) -> None:
    with log_path.open("wb") as output:
        log = WriteLog(output)
        marks = {kind: _Marks(kind, log) for kind in (ACKNOWLEDGED, ARRIVED)}
        serve(directory, {DISK: _Recorded(image, log), **marks})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
