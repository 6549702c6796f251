"""Settings as a main.cf gives them to a service."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from postroom.config.configuration import load

S = TypeVar("S", bound=msgspec.Struct)


def configured(kind: type[S], main_cf: str, **facts: object) -> S:
    """The defaults of today, but for what ``main_cf`` says; ``facts`` come from elsewhere."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "main.cf").write_text(f"compatibility_level = 3.10\n{main_cf}")
        (directory / "master.cf").write_text("")
        return load(directory).settings(kind, **facts)
