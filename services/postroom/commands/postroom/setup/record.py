"""What ``postroom setup`` changed, on the disk before it is changed."""

import os
from pathlib import Path
from typing import NamedTuple

import msgspec

FILE = ".setup"


class Mode(NamedTuple):
    """A mode's name, and for ``beside`` the address."""

    name: str
    address: str = ""


class Unit(NamedTuple):
    """A unit of another mail system, and what it was."""

    name: str
    enabled: bool
    active: bool


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """``parameters``: by name what main.cf said before (None: nothing) and what it says now.

    ``lines`` of master.cf that became comments; ``commands`` that became Postroom's; ``history``
    has the modes before, the last one last.
    """

    mode: Mode
    history: tuple[Mode, ...] = ()
    parameters: dict[str, tuple[str | None, str]] = {}
    lines: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    commands: tuple[str, ...] = ()

    def and_also(self, other: "Record") -> "Record":
        """With the units and commands that another one has as well."""
        units = dict.fromkeys((*other.units, *self.units))
        commands = dict.fromkeys((*other.commands, *self.commands))
        return msgspec.structs.replace(self, units=tuple(units), commands=tuple(commands))

    def with_history(self, history: tuple[Mode, ...]) -> "Record":
        return msgspec.structs.replace(self, history=history)


def load(source: Path) -> Record | None:
    """None where nothing was set up."""
    try:
        return msgspec.json.decode((source / FILE).read_bytes(), type=Record)
    except FileNotFoundError:
        return None


def save(source: Path, record: Record) -> None:
    aside = source / f"{FILE}.new"
    with aside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(record)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    aside.rename(source / FILE)


def forget(source: Path) -> None:
    (source / FILE).unlink(missing_ok=True)
