"""Read a user's .forward file, in a worker with the user's rights."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from postroom.delivery.impersonation.tasks import Result, Task
from postroom.delivery.impersonation.worker import Job, Skill
from postroom.delivery.local.targets import parse_targets

# Far more than any list somebody keeps by hand.
MAX_FORWARD = 60_000
# As Postfix has it, a link is no .forward file: with the group that may write mailboxes it could
# lead to what its user may not read.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
# What open(2) says of a link, a socket, and a device that is not there.
_NOT_REGULAR = frozenset((errno.ELOOP, errno.ENXIO, errno.ENODEV))


class TooLarge(Exception):
    """The file is no list that a person wrote."""


class Untrusted(Exception):
    """The file is there and does not count: somebody else may have made it. The text says why."""


class _Found(NamedTuple):
    """``result`` is None where there is no .forward file that counts."""

    result: Result | None
    warning: str = ""


def unless_forwarded(skills: Mapping[type[Task], Skill]) -> Skill:
    """The skill that looks for .forward files before it does something else by ``skills``."""

    def perform(jobs: Sequence[Job]) -> list[Result]:
        look = cache(_look)
        found = [look(job.task.paths, job.task.home) for job in jobs]
        left = [
            Job(job.task.otherwise, job.content)
            for job, file in zip(jobs, found, strict=True)
            if file.result is None
        ]
        done: Iterator[Result] = chain.from_iterable(
            skills[kind](list(group))
            for kind, group in groupby(left, key=lambda job: type(job.task))
        )
        return [file.result or _warned(next(done), file.warning) for file in found]

    return perform


def _warned(result: Result, warning: str) -> Result:
    if not warning:
        return result
    texts = filter(None, (warning, result.warning))
    return msgspec.structs.replace(result, warning="; ".join(texts))


def _look(paths: tuple[str, ...], home: str) -> _Found:
    try:
        if home:
            Path(home).stat()
    except OSError as error:
        text = f"cannot access home directory {home}: {error.strerror}"
        return _Found(Result("4.3.0", text))
    try:
        name, text = read_forward(paths)
    except Untrusted as reason:
        return _Found(None, str(reason))
    except TooLarge as error:
        return _Found(Result("4.3.0", str(error)))
    except OSError as error:
        return _Found(Result.trouble(error))
    return _Found(Result("2.0.0", name, text) if parse_targets(text) else None)


def read_forward(paths: Iterable[str]) -> tuple[str, str]:
    """Name and text of the first file that exists; empty if there is none.

    Raises Untrusted, also for one that its own user may not read; TooLarge; or OSError where a
    file cannot be read for now, which defers the mail.
    """
    for path in paths:
        try:
            descriptor = _open(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        try:
            _check(path, os.fstat(descriptor))
            text = os.read(descriptor, MAX_FORWARD + 1)
        finally:
            os.close(descriptor)
        if len(text) > MAX_FORWARD:
            raise TooLarge(f"{path} is larger than {MAX_FORWARD} bytes")
        return path, text.decode("utf-8", "replace")
    return "", ""


def _open(path: str) -> int:
    try:
        return os.open(path, _OPEN)
    except PermissionError as error:
        raise Untrusted(f"cannot open file {path}: {error.strerror}") from None
    except OSError as error:
        if error.errno in _NOT_REGULAR:
            raise Untrusted(f"file {path} is not a regular file") from None
        raise


def _check(path: str, status: os.stat_result) -> None:
    """Nobody but the user or root can have written it (local(8), .forward)."""
    if not stat.S_ISREG(status.st_mode):
        raise Untrusted(f"file {path} is not a regular file")
    if status.st_uid not in (0, os.getuid()):
        raise Untrusted(f"file {path} has bad owner uid {status.st_uid}")
    for bit, whose in ((stat.S_IWOTH, "world"), (stat.S_IWGRP, "group")):
        if status.st_mode & bit:
            raise Untrusted(f"file {path} is {whose} writable")
