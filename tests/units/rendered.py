"""The units of a configuration, on disk as systemd-analyze wants them and in parts to look at."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from postroom.config.configuration import load
from postroom_generator.plan import plan
from postroom_generator.render import render
from postroom_generator.write import write

TREE = Path(__file__).resolve().parents[2]
TEMPLATES = TREE / "units"
STATIC = ("*.target", "*.slice", "*.path", "*.service")

CONFIGURATIONS: Mapping[str, Path] = {
    "shipped": TREE / "conf",
    "odd": TREE / "tests/units/odd",
}


@dataclass(frozen=True)
class UnitFile:
    """A unit by its lines: every value each key was given, in order."""

    name: str
    settings: Mapping[str, Sequence[str]]

    def last(self, key: str) -> str:
        return self.settings[key][-1] if self.settings.get(key) else ""

    def words(self, key: str) -> set[str]:
        return {word for value in self.settings.get(key, ()) for word in value.split()}


def render_into(directory: Path, configuration: Path) -> None:
    """All units of a configuration, those of the package among them."""
    units = plan(load(configuration))
    write(directory, units, render(units, TEMPLATES))
    for pattern in STATIC:
        for path in TEMPLATES.glob(pattern):
            shutil.copy(path, directory)


def parse(path: Path) -> UnitFile:
    settings: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and line[0] not in "#;[":
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return UnitFile(path.name, settings)
