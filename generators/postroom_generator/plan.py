"""Which units this configuration needs, and what stands in each; a pure function of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from postroom.config.configuration import Configuration
from postroom.config.logical_lines import LogicalLine
from postroom.config.master_cf import ServiceLine, service_of
from postroom.config.problem import Problem, Severity
from postroom_generator.credential import escape
from postroom_generator.facts import facts
from postroom_generator.needs import needs
from postroom_generator.programs import ALWAYS, PROGRAMS, SERVED_BY
from postroom_generator.retries import retries
from postroom_generator.service import Service
from postroom_generator.settings import settings_of
from postroom_generator.sockets import sockets
from postroom_generator.unit import Unit


def plan(configuration: Configuration) -> tuple[Unit, ...]:
    """All units; raises ConfigError where the configuration asks for what cannot be."""
    services = _services(configuration)
    units: dict[str, Unit] = {}
    for service in services:
        for unit in _units(service, services):
            if unit.name in units:
                raise service.error(f"a second {service.line.program} of that name")
            units[unit.name] = unit
    _refuse_shared_sockets(services)
    return tuple(units.values())


def notes(configuration: Configuration) -> tuple[Problem, ...]:
    """What master.cf asks for and nobody does."""
    return tuple(
        _without_effect(line, configuration.directory / "master.cf")
        for line in configuration.services
        if line.program not in PROGRAMS and line.program not in SERVED_BY
    )


def _without_effect(line: ServiceLine, path: Path) -> Problem:
    text = f"{line.name}: there is no program {line.program}; the line has no effect"
    if line.type == "inet":
        return Problem(Severity.WARNING, path, line.line, f"{text}, nobody listens there")
    return Problem(Severity.NOTE, path, line.line, text)


def _services(configuration: Configuration) -> tuple[Service, ...]:
    lines = [line for line in configuration.services if line.program in PROGRAMS]
    lines.extend(_own_line(configuration, program) for program in ALWAYS)
    return tuple(Service(configuration, line) for line in lines)


def _own_line(configuration: Configuration, program: str) -> ServiceLine:
    """As if master.cf had a line for it."""
    text = f"{program} unix - - n - - {program}"
    return service_of(LogicalLine(text, 0), configuration.directory / "master.cf")


def _units(service: Service, services: Sequence[Service]) -> Iterator[Unit]:
    yield from sockets(service)
    yield _service_unit(service, services)
    yield from retries(service)


def _service_unit(service: Service, services: Sequence[Service]) -> Unit:
    settings = settings_of(service, facts(service, services))
    values = {
        **service.values,
        **needs(service),
        "module": service.program.module,
        "sockets": service.sockets,
        "settings": escape(settings),
    }
    return Unit(f"{service.unit}.service", f"{service.line.program}.service.j2", values)


def _refuse_shared_sockets(services: tuple[Service, ...]) -> None:
    """A second socket on the same address would fail when it is started: say it now."""
    taken: dict[str, str] = {}
    for service in services:
        for unit in sockets(service):
            for address in _addresses(unit):
                if address in taken:
                    raise service.error(f"{address} is taken by {taken[address]} already")
                taken[address] = unit.name


def _addresses(unit: Unit) -> tuple[str, ...]:
    addresses = unit.values["listen"]
    assert isinstance(addresses, tuple)
    return addresses
