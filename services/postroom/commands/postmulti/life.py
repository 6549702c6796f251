"""The life of an instance: from an entry in the first one's main.cf to its removal."""

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from postroom.commands.postmulti.editing import Assignments, assign
from postroom.commands.postmulti.instances import NAMELESS, Chosen, Instance, instances
from postroom.commands.postmulti.remains import has_mail, remove
from postroom.commands.postroom import manager, verbs
from postroom.commands.postroom.apply import applied_units
from postroom.config.instances import can_be, first_instance, further
from postroom.instance import PRIMARY, PRIMARY_DIRECTORY, queue_directory

# The stock files that a new instance begins with.
STOCK = Path("/usr/share/postroom/conf")
_WRAPPER = "${command_directory}/postmulti -p --"
# Where files are that all instances share.
_SHARED = ("command_directory", "daemon_directory", "mail_owner", "setgid_group")
_DIRECTORIES = ("config_directory", "queue_directory", "data_directory")


class Impossible(Exception):
    """Nothing was changed; the text says why."""


class Wanted(NamedTuple):
    """What a new instance, or one from now on, is to be: its name, its group, its directories."""

    name: str = ""
    group: str = ""
    words: tuple[str, ...] = ()

    @property
    def directories(self) -> dict[str, str]:
        pairs = (word.partition("=") for word in self.words)
        given = {name: value for name, _, value in pairs}
        if unknown := given.keys() - set(_DIRECTORIES):
            raise Impossible(f"not the directory of an instance: {min(unknown)}")
        return given

    def assignments(self) -> Assignments:
        """For main.cf; "-" takes a name or a group away."""
        if self.name and self.name != NAMELESS and not self.name.startswith(f"{PRIMARY}-"):
            raise Impossible(f"the name of an instance begins with {PRIMARY}-: {self.name}")
        both = {"multi_instance_name": self.name, "multi_instance_group": self.group}
        return {name: "" if text == NAMELESS else text for name, text in both.items() if text}


def _init(_: Chosen, __: Wanted) -> int:
    assign(
        Path(PRIMARY_DIRECTORY),
        {"multi_instance_wrapper": _WRAPPER, "multi_instance_enable": "yes"},
    )
    return 0


def _create(chosen: Chosen, wanted: Wanted) -> int:
    """Files that are there stay as they are: then it is an import."""
    assignments = wanted.assignments()
    directory = _directory(wanted)
    if all((directory / name).exists() for name in ("main.cf", "master.cf")):
        return _import(chosen, wanted)
    more = {
        "queue_directory": queue_directory(directory.name),
        **{name: path for name, path in wanted.directories.items() if name != "config_directory"},
        **assignments,
        # Until somebody has said what it is for.
        "authorized_submit_users": "",
        "master_service_disable": "inet",
    }
    _refuse_known(directory)
    directory.mkdir(mode=0o755, exist_ok=True)
    for name in ("main.cf", "master.cf"):
        shutil.copyfile(STOCK / name, directory / name)
    assign(directory, {**_of_all(), **more})
    _enlist(directory, chosen)
    return 0


def _import(chosen: Chosen, wanted: Wanted) -> int:
    assignments = wanted.assignments()
    directory = _directory(wanted)
    _refuse_known(directory)
    if not (directory / "main.cf").exists():
        raise Impossible(f"{directory}: there is no main.cf")
    if assignments:
        assign(directory, assignments)
    _enlist(directory, chosen)
    return 0


def _directory(wanted: Wanted) -> Path:
    """Where a new instance is configured: as said, or by its name, beside the first."""
    beside = Path(PRIMARY_DIRECTORY).with_name(wanted.name) if wanted.name else None
    given = wanted.directories.get("config_directory")
    directory = Path(given) if given else beside
    if directory is None or not can_be(directory):
        raise Impossible(f"a further instance is configured in {PRIMARY_DIRECTORY}-NAME (-I)")
    return directory


def _refuse_known(directory: Path) -> None:
    first = first_instance()
    if not first.text("multi_instance_wrapper"):
        raise Impossible("multi_instance_wrapper is empty, run 'postmulti -e init' first")
    if directory in further(first):
        raise Impossible(f"{directory} is an instance already")


def _of_all() -> Assignments:
    first = first_instance()
    return {name: first.text(name) for name in _SHARED if name in first.main.assignments}


def _enlist(directory: Path, chosen: Chosen) -> None:
    """Behind all others, or before those that are chosen."""
    known = instances()[1:]
    before = chosen.among(known) if any(chosen) else []
    at = known.index(before[0]) if before else len(known)
    directories = [one.directory for one in known]
    _list([*directories[:at], directory, *directories[at:]])


def _list(directories: list[Path]) -> None:
    names = " ".join(map(str, directories))
    assign(Path(PRIMARY_DIRECTORY), {"multi_instance_directories": names})


def _enable(chosen: Chosen, _: Wanted) -> int:
    return _set(chosen, {"multi_instance_enable": "yes"})


def _disable(chosen: Chosen, _: Wanted) -> int:
    return _set(chosen, {"multi_instance_enable": "no"})


def _assign(chosen: Chosen, wanted: Wanted) -> int:
    return _set(chosen, wanted.assignments())


def _set(chosen: Chosen, assignments: Assignments) -> int:
    assign(_one(chosen).directory, assignments)
    if manager.running():
        manager.daemon_reload()  # whether it starts with the machine
    return 0


def _deport(chosen: Chosen, _: Wanted) -> int:
    """What it has on the disk stays."""
    one = _stopped(chosen)
    if manager.running():
        manager.stop(manager.alive(applied_units(one.directory)))
    _list([other.directory for other in instances()[1:] if other != one])
    if manager.running():
        manager.daemon_reload()
    return 0


def _destroy(chosen: Chosen, wanted: Wanted) -> int:
    """Only without mail."""
    one = _stopped(chosen)
    if one.enabled:
        raise Impossible(f"instance {one.directory} is not disabled")
    if has_mail(one.directory):
        raise Impossible(f"instance {one.directory} has mail in its queue")
    _deport(chosen, wanted)
    for left in remove(one.directory):
        sys.stderr.write(f"postmulti: warning: {left} is left\n")
    return 0


def _stopped(chosen: Chosen) -> Instance:
    one = _one(chosen)
    if one.first:
        raise Impossible("the first instance stays")
    if manager.running() and verbs.runs(one.directory):
        raise Impossible(
            f"instance {one.directory} is not stopped: {manager.target(one.directory)}"
        )
    return one


def _one(chosen: Chosen) -> Instance:
    found = chosen.among(instances()) if chosen.name else []
    if len(found) != 1:
        raise Impossible("specify one instance with -i")
    return found[0]


ACTIONS: Mapping[str, Callable[[Chosen, Wanted], int]] = {
    "init": _init,
    "create": _create,
    "import": _import,
    "destroy": _destroy,
    "deport": _deport,
    "enable": _enable,
    "disable": _disable,
    "assign": _assign,
}
