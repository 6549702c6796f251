"""Files with their modes and owners, as far as these mean something here."""

import grp
import os
import pwd
import shutil
import stat
from pathlib import Path

POSTFIX = ("postfix", "postdrop")
"""Postfix's own user and groups, which own nothing of Postroom's."""


def copy_as_is(source: Path, copy: Path) -> None:
    """With the directories above it; raises OSError."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, copy)
    if os.geteuid() == 0:
        status = source.stat()
        os.chown(copy, _owner(status.st_uid), _group(status.st_gid))
        copy.chmod(stat.S_IMODE(status.st_mode))


def keep_from_others(path: Path) -> None:
    """The owner's alone, whatever group it was for."""
    path.chmod(path.stat().st_mode & stat.S_IRWXU)


def unreadable(path: Path) -> bool:
    return path.is_file() and not path.stat().st_mode & stat.S_IROTH


def _owner(uid: int) -> int:
    try:
        return 0 if pwd.getpwuid(uid).pw_name in POSTFIX else uid
    except KeyError:
        return 0


def _group(gid: int) -> int:
    try:
        return 0 if grp.getgrgid(gid).gr_name in POSTFIX else gid
    except KeyError:
        return 0
