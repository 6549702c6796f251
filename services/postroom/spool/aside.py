"""corrupt/: what did not verify, under a name that an admin can find and the log tells.

Putting something there never stops anything else: what fails is said, and that is all.
"""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

CORRUPT = "corrupt"

Warn = Callable[[str], None]


def set_aside(path: Path, why: str, warn: Warn) -> None:
    """Move a file of one of the spool's directories to corrupt/; raises nothing."""
    queue = path.parent.name
    try:
        target = _free(path.parent.parent / CORRUPT, path.name)
        path.rename(target)
    except OSError as error:
        warn(f"{queue}/{path.name}: {why}: cannot be set aside: {error.strerror}")
    else:
        warn(_saving(target, queue, why))


def save_aside(spool: Path, name: str, data: bytes, why: str, warn: Warn) -> bool:
    """Keep what is left of something in corrupt/; whether that could be done."""
    target = spool / CORRUPT / name
    try:
        # The same was found at an earlier start, or it is the first time.
        target.write_bytes(data)
    except OSError as error:
        warn(f"journal: {why}: cannot be saved as {target.name}: {error.strerror}")
        return False
    warn(_saving(target, "journal", why))
    return True


def _saving(target: Path, queue: str, why: str) -> str:
    """In Postfix's form, which log readers know, and why."""
    return f'saving corrupt file "{target.name}" from queue "{queue}" to queue "{CORRUPT}": {why}'


def _free(directory: Path, name: str) -> Path:
    """A name that is not taken, for what may have been there under the same name before."""
    target = directory / name
    numbers = count(1)
    while os.path.lexists(target):
        target = directory / f"{name}.{next(numbers)}"
    return target
