"""The mail systems on this machine, by the main.cf of the first one (MULTI_INSTANCE_README)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from postroom import instance
from postroom.config.lookup import Lookup
from postroom.config.main_cf import load_main_cf
from postroom.config.master_cf import load_master_cf
from postroom.config.problem import ConfigError
from postroom.instance import PRIMARY, instance_of

# Names of units, of directories and of sockets begin with it.
_NAME = re.compile(rf"{PRIMARY}-[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def further(first: Lookup) -> tuple[Path, ...]:
    """Where the instances besides the first are configured."""
    return tuple(map(Path, first.elements("multi_instance_directories")))


def can_be(directory: Path) -> bool:
    """Whether a further instance may be configured there: beside the first, by a plain name."""
    return _NAME.fullmatch(instance_of(str(directory))) is not None


def is_known(directory: Path) -> bool:
    """Whether what is configured there is an instance: the first, or one that it names.

    A first one that cannot be read knows none.
    """
    if instance_of(str(directory)) == PRIMARY:
        return True
    try:
        return directory in further(first_instance())
    except (ConfigError, OSError):
        return False


def first_instance() -> Lookup:
    """Its configuration; raises ConfigError or OSError."""
    return _read(Path(instance.PRIMARY_DIRECTORY))


def others(directory: Path) -> Iterator[Lookup]:
    """The instances besides this one that can be read, the first one before all."""
    first = first_instance()
    yield first
    for other in further(first):
        if other != directory:
            with suppress(ConfigError, OSError):
                yield _read(other)


def starts_with_machine(lookup: Lookup) -> bool:
    """The first instance does by its own unit's being enabled; a further one as main.cf says."""
    if lookup.instance == PRIMARY:
        return True
    return lookup.typed("multi_instance_enable") is True


def _read(directory: Path) -> Lookup:
    main, master = directory / "main.cf", directory / "master.cf"
    return Lookup(directory, load_main_cf(main), load_master_cf(master))
