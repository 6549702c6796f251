"""Services with the very settings that systemd would hand them: the generator's own."""

from typing import TypeVar

import msgspec

from postroom.config.configuration import Configuration
from postroom_generator.facts import facts
from postroom_generator.lines import services_with_units
from postroom_generator.settings import settings_of

S = TypeVar("S", bound=msgspec.Struct)


class NoService(Exception):
    """master.cf has no such service."""


class Services:
    """Those of master.cf that would get units."""

    def __init__(self, configuration: Configuration) -> None:
        self._services = services_with_units(configuration)

    def settings(self, kind: type[S], program: str, name: str = "") -> S:
        """Of the service called ``name``, or of the first of its program.

        Raises NoService, and ConfigError where the generator would.
        """
        for service in self._services:
            if service.line.program == program and name in ("", service.line.name):
                encoded = settings_of(service, facts(service, self._services))
                return msgspec.json.decode(encoded, type=kind)
        raise NoService(f"master.cf has no service {name} of {program}".replace("  ", " "))

    def program(self, transport: str) -> str:
        """What a transport's mail is handed to; empty where nothing takes it."""
        lines = (service.line for service in self._services)
        found = (one.program for one in lines if one.name == transport and one.type != "inet")
        return next(found, "")
