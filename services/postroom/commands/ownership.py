"""Root at work on what is somebody else's: with his rights, as he may have planted links."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def as_owner(status: os.stat_result) -> Iterator[None]:
    """With the rights of the owner of that file alone; to be called by root."""
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(status.st_gid)
    os.seteuid(status.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
