"""Rendered units to where systemd looks: files, and the links by which targets start them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from postroom_generator.unit import Unit


def write(directory: Path, units: Iterable[Unit], texts: Mapping[str, str]) -> None:
    for unit in units:
        (directory / unit.name).write_text(texts[unit.name], "utf-8")
        if unit.wanted_by:
            _want(directory, unit)


def _want(directory: Path, unit: Unit) -> None:
    wants = directory / f"{unit.wanted_by}.wants"
    wants.mkdir(exist_ok=True)
    (wants / unit.name).symlink_to(f"../{unit.name}")
