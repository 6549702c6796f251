"""Read a user's .forward file, in a worker with the user's rights."""

import os
import stat
from collections.abc import Iterable, Mapping

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Result, Task, UnlessForwarded
from postroom.delivery.impersonation.worker import Skill

# Far more than any list somebody keeps by hand.
MAX_FORWARD = 60_000
_OPEN = os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC


class TooLarge(Exception):
    """The file is no list that a person wrote."""


def unless_forwarded(skills: Mapping[type[Task], Skill]) -> Skill:
    """The skill that looks for a .forward file before it does something else by ``skills``."""

    def perform(task: UnlessForwarded, content: Content) -> Result:
        try:
            text = read_forward(task.paths)
        except TooLarge as error:
            return Result("4.3.0", str(error))
        if text.strip():
            return Result("2.0.0", "", text)
        return skills[type(task.otherwise)](task.otherwise, content)

    return perform


def read_forward(paths: Iterable[str]) -> str:
    """The text of the first file that exists; empty if there is none or it may not be trusted.

    Raises TooLarge, or OSError where a file cannot be read, which defers the mail.
    """
    for path in paths:
        try:
            descriptor = os.open(path, _OPEN)
        except (FileNotFoundError, NotADirectoryError):
            continue
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
