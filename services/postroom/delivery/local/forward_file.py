"""Read a user's .forward file, in a worker with the user's rights."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby
from pathlib import Path

from postroom.delivery.impersonation.tasks import Result, Task
from postroom.delivery.impersonation.worker import Job, Skill

# Far more than any list somebody keeps by hand.
MAX_FORWARD = 60_000
_OPEN = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC


class TooLarge(Exception):
    """The file is no list that a person wrote."""


def unless_forwarded(skills: Mapping[type[Task], Skill]) -> Skill:
    """The skill that looks for .forward files before it does something else by ``skills``."""

    def perform(jobs: Sequence[Job]) -> list[Result]:
        look = cache(_look)
        found = [look(job.task.paths, job.task.home) for job in jobs]
        left = [
            Job(job.task.otherwise, job.content)
            for job, result in zip(jobs, found, strict=True)
            if result is None
        ]
        done: Iterator[Result] = chain.from_iterable(
            skills[kind](list(group))
            for kind, group in groupby(left, key=lambda job: type(job.task))
        )
        return [next(done) if result is None else result for result in found]

    return perform


def _look(paths: tuple[str, ...], home: str) -> Result | None:
    """None where there is no .forward file that counts."""
    try:
        if home:
            Path(home).stat()
    except OSError as error:
        return Result("4.3.0", f"cannot access home directory {home}: {error.strerror}")
    try:
        text = read_forward(paths)
    except TooLarge as error:
        return Result("4.3.0", str(error))
    except OSError as error:
        return Result.trouble(error)
    return Result("2.0.0", "", text) if text.strip() else None


def read_forward(paths: Iterable[str]) -> str:
    """The text of the first file that exists; empty if there is none or it may not be trusted.

    One that its own user may not read counts as none. Raises TooLarge, or OSError where a file
    cannot be read for now, which defers the mail.
    """
    for path in paths:
        try:
            descriptor = os.open(path, _OPEN)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            return ""
        try:
            if not _is_trustworthy(os.fstat(descriptor)):
                return ""
            text = os.read(descriptor, MAX_FORWARD + 1)
        finally:
            os.close(descriptor)
        if len(text) > MAX_FORWARD:
            raise TooLarge(f"{path} is larger than {MAX_FORWARD} bytes")
        return text.decode("utf-8", "replace")
    return ""


def _is_trustworthy(status: os.stat_result) -> bool:
    """Nobody but the user or root can have written it (local(8), .forward)."""
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_uid in (0, os.getuid())
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
