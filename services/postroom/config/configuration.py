"""A configuration directory as a value: main.cf and master.cf read, checked, made settings of."""

from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from postroom.config import judgement, settings
from postroom.config.lookup import NONE, Lookup, Overrides
from postroom.config.main_cf import load_main_cf
from postroom.config.master_cf import load_master_cf
from postroom.config.problem import Problem

S = TypeVar("S", bound=Struct)


class Configuration(Lookup):
    """What main.cf and master.cf say, and what follows; immutable once loaded."""

    def settings(self, kind: type[S], overrides: Overrides = NONE, **facts: object) -> S:
        """Build a service's settings struct: a parameter per field, and facts by name.

        Facts that are text (``service_name``) can be referred to in values, as in Postfix.
        """
        texts = {name: fact for name, fact in facts.items() if isinstance(fact, str)}
        return settings.build(kind, self, {**texts, **overrides}, facts)

    def problems(self) -> tuple[Problem, ...]:
        """Everything ``postroom check`` has to say about the files, errors first."""
        return judgement.problems(self)


def load(directory: Path) -> Configuration:
    """Read a configuration directory; raises ConfigError where Postfix would refuse it."""
    main = load_main_cf(directory / "main.cf")
    return Configuration(directory, main, load_master_cf(directory / "master.cf"))
