"""The directories of queued and submitted mail, and how mail is submitted."""

from collections.abc import Iterator
from pathlib import Path

from postroom.config.judgement.rights import changeable, mode_of, readable
from postroom.config.lookup import Lookup
from postroom.config.own_places import queue_directory
from postroom.config.problem import Problem, Severity
from postroom.instance import drop_directory, instance_of


def open_to_others(lookup: Lookup) -> Iterator[Problem]:
    """StateDirectory= of qmgr, postdrop and pickup makes them; nobody else may read them."""
    for directory in (Path(queue_directory(lookup)), _submitted(lookup.directory)):
        yield from changeable(directory, "mail is theirs to make and to take away")
        yield from readable(directory, "they see who has mail")


def submission(lookup: Lookup) -> Iterator[Problem]:
    """The mode in force, which is the directories' modes, where it is not the default, or not what
    main.cf asks for."""
    in_force = mode_in_force(lookup.directory)
    submitted = _submitted(lookup.directory)
    asked = lookup.typed("submission_mode")
    if in_force not in ("", asked):
        text = f"until a reload programs hand in mail as submission_mode = {in_force}, not {asked}"
        yield Problem(Severity.NOTE, submitted, 0, text)
    elif in_force not in ("", "socket"):
        text = f"programs hand in mail as submission_mode = {in_force}"
        yield Problem(Severity.NOTE, submitted, 0, text)


def mode_in_force(configured: Path) -> str:
    """By who besides its owner may pass the directory (units/postdrop.socket.j2); empty where
    there is none, as before the first start."""
    mode = mode_of(_submitted(configured))
    if not mode:
        return ""
    return "maildrop" if mode & 0o001 else "restricted" if mode & 0o010 else "socket"


def _submitted(configured: Path) -> Path:
    return Path(drop_directory(instance_of(str(configured))))
