"""The instances on this machine, in their order, and which of them are meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.config.configuration import load
from postroom.config.instances import first_instance, further
from postroom.config.lookup import Lookup

NAMELESS = "-"
"""The first instance has no name; another may have none."""


class Instance(NamedTuple):
    """One of them, as main.cf knows it; ``first`` is the one that names the others."""

    directory: Path
    name: str
    group: str
    enabled: bool
    first: bool

    def is_called(self, word: str) -> bool:
        """By its name or its directory; the first one is called "-", too."""
        return word in (self.name, str(self.directory)) or (self.first and word == NAMELESS)


class Chosen(NamedTuple):
    """What the command line says of instances: all, those of a group, or one."""

    name: str = ""
    group: str = ""

    def among(self, instances: list[Instance]) -> list[Instance]:
        return [
            one
            for one in instances
            if (not self.name or one.is_called(self.name))
            and (not self.group or one.group == self.group)
        ]


def instances() -> list[Instance]:
    """All of them, the first one before the others; raises ConfigError or OSError."""
    return list(_instances())


def _instances() -> Iterator[Instance]:
    first = first_instance()
    yield _instance(first, is_first=True)
    for directory in further(first):
        yield _instance(load(directory), is_first=False)


def _instance(lookup: Lookup, *, is_first: bool) -> Instance:
    # Without others it stands for itself, whatever it says.
    alone = is_first and not further(lookup)
    return Instance(
        lookup.directory,
        lookup.text("multi_instance_name"),
        lookup.text("multi_instance_group"),
        alone or lookup.typed("multi_instance_enable") is True,
        is_first,
    )
