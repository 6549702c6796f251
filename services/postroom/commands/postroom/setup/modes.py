"""The modes of ``postroom setup``: what each changes in the files and of the machine."""

from collections.abc import Callable, Mapping
from pathlib import Path

from postroom.commands.postroom import manager
from postroom.commands.postroom.setup import diversion, other_mailers
from postroom.commands.postroom.setup.record import Mode, Record
from postroom.config import edit
from postroom.config.configuration import load


def plan(source: Path, mode: Mode) -> Record:
    """What ``mode`` is about to change, for a configuration in which none is in force."""
    return MODES[mode.name](source, mode)


def _send_only(source: Path, mode: Mode) -> Record:
    """Every line of master.cf that listens on the network becomes a comment."""
    services = load(source).services
    inet = {f"{one.name}/{one.type}" for one in services if one.type == "inet"}
    text = (source / "master.cf").read_text("utf-8", "surrogateescape")
    before, after = text.splitlines(), edit.comment_out(text, inet, edit.service_key).splitlines()
    lines = (old for old, new in zip(before, after, strict=True) if old != new)
    return Record(mode=mode, lines=tuple(lines))


def _beside(source: Path, mode: Mode) -> Record:
    written = load(source).main.assignments.get("inet_interfaces")
    former = written.value if written else None
    return Record(mode=mode, parameters={"inet_interfaces": (former, mode.address)})


def _replace(_: Path, mode: Mode) -> Record:
    units = other_mailers.in_use() if manager.running() else ()
    return Record(mode=mode, units=units, commands=diversion.foreign())


MODES: Mapping[str, Callable[[Path, Mode], Record]] = {
    "send-only": _send_only,
    "beside": _beside,
    "replace": _replace,
}
