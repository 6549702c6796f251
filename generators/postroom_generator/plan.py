"""Which units this configuration needs, and what stands in each; a pure function of it."""

from collections.abc import Iterator, Sequence

from postroom.config.configuration import Configuration
from postroom_generator.credential import escape
from postroom_generator.facts import facts
from postroom_generator.lines import services_with_units
from postroom_generator.listening import excludes, split
from postroom_generator.needs import needs
from postroom_generator.retries import retries
from postroom_generator.service import Service
from postroom_generator.settings import settings_of
from postroom_generator.sockets import Listener, listeners, sockets
from postroom_generator.targets import targets
from postroom_generator.unit import Unit


def plan(configuration: Configuration) -> tuple[Unit, ...]:
    """All units; raises ConfigError where the configuration asks for what cannot be."""
    services = services_with_units(configuration)
    units = {unit.name: unit for unit in targets(configuration)}
    for service in services:
        for unit in _units(service, services):
            if unit.name in units:
                raise service.error(f"a second {service.line.program} of that name")
            units[unit.name] = unit
    _refuse_shared_sockets(services)
    return tuple(units.values())


def _units(service: Service, services: Sequence[Service]) -> Iterator[Unit]:
    yield from sockets(service)
    yield _service_unit(service, services)
    yield from retries(service)


def _service_unit(service: Service, services: Sequence[Service]) -> Unit:
    known = facts(service, services)
    settings = settings_of(service, known)
    values = {
        **service.values,
        **needs(service, known),
        "module": service.program.module,
        "sockets": service.sockets,
        "settings": escape(settings),
    }
    return Unit(f"{service.unit}.service", f"{service.line.program}.service.j2", values)


def _refuse_shared_sockets(services: tuple[Service, ...]) -> None:
    """A second socket on the same address would fail when it is started: say it now."""
    taken: dict[str, list[Listener]] = {}
    for listener in listeners(services):
        address = listener.address
        others = taken.setdefault(split(address)[1], [])
        for other in others:
            if excludes(address, other.address):
                raise listener.service.error(f"{address} is taken by {other.unit} already")
        others.append(listener)
