"""Settings of a component as its service in master.cf would get them."""

from typing import TypeVar

from msgspec import Struct

from postroom.config.configuration import Configuration
from postroom.config.judgement.written import overrides_of
from postroom.config.master_cf import ServiceLine

S = TypeVar("S", bound=Struct)


class NoService(Exception):
    """master.cf has no such service."""


def service_of(configuration: Configuration, program: str, name: str = "") -> ServiceLine | None:
    """The service called ``name``, or the first of its program."""
    for line in configuration.services:
        if line.program == program and name in ("", line.name):
            return line
    return None


def settings_of(
    configuration: Configuration, kind: type[S], program: str, name: str = "", **facts: object
) -> S:
    """Raises ConfigError, and NoService where there is none called ``name``."""
    line = service_of(configuration, program, name)
    if line is None and name:
        raise NoService(f"master.cf has no service {name} of {program}")
    overrides = overrides_of(line) if line else {}
    return configuration.settings(kind, overrides, **facts)
