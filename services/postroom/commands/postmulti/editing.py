"""Settings of one instance changed in its main.cf."""

from collections.abc import Mapping
from pathlib import Path

from postroom.config import edit
from postroom.config.rewriting import rewrite

Assignments = Mapping[str, str]


def assign(directory: Path, assignments: Assignments) -> None:
    """Raises OSError; the old file is untouched then."""
    entries = {name: f"{name} = {value}".rstrip() for name, value in assignments.items()}
    rewrite(directory / "main.cf", lambda text: edit.replace(text, entries, edit.parameter_key))
