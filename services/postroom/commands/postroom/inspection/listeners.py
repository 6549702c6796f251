"""Addresses where further instances (postmulti) listen as well: there is room for one."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import product

from postroom.config.configuration import Configuration, load
from postroom.config.instances import others, starts_with_machine
from postroom.config.lookup import Lookup
from postroom.config.problem import ConfigError, Problem, Severity
from postroom_generator.lines import services_with_units
from postroom_generator.listening import excludes
from postroom_generator.sockets import Listener, listeners


def contended(configuration: Configuration) -> Iterator[Problem]:
    """Warnings: either can have it, and nothing is wrong while one of them does not run.

    What listens twice by this master.cf itself is refused by the generator.
    """
    with suppress(ConfigError, OSError):
        mine = [*listeners(services_with_units(configuration))]
        for other in _running_besides(configuration):
            theirs = listeners(services_with_units(load(other.directory)))
            for one, another in product(mine, theirs):
                if excludes(one.address, another.address):
                    yield _warning(one, another)


def _running_besides(configuration: Configuration) -> Iterator[Lookup]:
    """Not those that share its name either: a configuration may lie aside to be looked at."""
    for other in others(configuration.directory):
        if other.instance != configuration.instance and starts_with_machine(other):
            yield other


def _warning(one: Listener, another: Listener) -> Problem:
    name = one.service.line.name
    their = f"{another.service.line.name} of {another.service.configuration.directory}"
    text = f"{name}: {one.address} excludes {another.address}, where {their} listens"
    return Problem(Severity.WARNING, one.service.master_cf, one.service.line.line, text)
