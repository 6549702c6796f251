"""Make a long queue without waiting for it: copies of one deferred message.

Runs in the machine, while the mailer is stopped: queue_copies.py postfix|postroom COUNT
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

# Seconds until copies are due: they wait for the flush.
WAIT = 7200
# Digits of Postfix's long queue ids: seconds, microseconds in four digits, "z", inode.
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
_SECONDS, _MICROSECONDS = 6, 4
Copies = Iterator[tuple[Path, bytes, int]]


def main() -> None:
    mailer, count = sys.argv[1], int(sys.argv[2])
    spool = Path("/var/spool/postfix" if mailer == "postfix" else "/var/lib/postroom")
    template = next(_files(spool / "deferred"))
    owner, due = template.stat(), time.time() + WAIT
    make = _postfix if mailer == "postfix" else _postroom
    for path, data, mode in make(spool, template, count):
        path.write_bytes(data)
        path.chmod(mode)
        os.chown(path, owner.st_uid, owner.st_gid)
        os.utime(path, (due, due))
    os.sync()


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def _postroom(_: Path, template: Path, count: int) -> Copies:
    """A file says which message it is of."""
    from postroom.mail.queue_id import format_queue_id  # noqa: PLC0415 (only this machine has it)
    from postroom.spool.queue_file import (  # noqa: PLC0415
        CONTENT_OFFSET,
        read_contents,
        whole_file,
    )

    newest = int(template.name, 16)
    with template.open("rb") as file:
        contents = read_contents(file.fileno(), newest)
        content = os.pread(file.fileno(), contents.size, CONTENT_OFFSET)
    for number in range(newest - count + 1, newest + 1):
        path = template.with_name(format_queue_id(number))
        yield path, whole_file(number, content, contents.state), 0o600


def _postfix(spool: Path, template: Path, count: int) -> Copies:
    """Two files per message, the second with the reason, in 16 directories each."""
    reason = next(_files(spool / "defer")).read_bytes()
    message = template.read_bytes()
    template.unlink()
    name = template.name
    for number in range(count):
        microseconds = number * 9
        digits = _in_digits(microseconds)
        queue_id = name[:_SECONDS] + digits + name[_SECONDS + _MICROSECONDS :]
        for queue, data, mode in (("deferred", message, 0o700), ("defer", reason, 0o600)):
            directory = spool / queue / f"{microseconds:05X}"[0]
            _make(directory, template)
            yield directory / queue_id, data, mode


def _in_digits(number: int) -> str:
    digits = ""
    for _ in range(_MICROSECONDS):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _make(directory: Path, like: Path) -> None:
    if not directory.exists():
        directory.mkdir(0o700)
        owner = like.parent.stat()
        os.chown(directory, owner.st_uid, owner.st_gid)


if __name__ == "__main__":
    main()
