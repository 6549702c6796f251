"""One line of master.cf within its configuration: what all parts of the plan ask about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postroom.config.configuration import Configuration
from postroom.config.environment import imported
from postroom.config.kinds import Value
from postroom.config.master_cf import DEFAULT_PROCESS_LIMIT, ServiceLine
from postroom.config.problem import ConfigError
from postroom.instance import socket_path, target
from postroom_generator.names import unit_name
from postroom_generator.places import places
from postroom_generator.programs import PROGRAMS, Program


@dataclass(frozen=True)
class Service:
    """A service that gets units, with its own view of every parameter (``-o``)."""

    configuration: Configuration
    line: ServiceLine

    @property
    def program(self) -> Program:
        return PROGRAMS[self.line.program]

    @property
    def unit(self) -> str:
        return unit_name(self.instance, self.line.program, self.line.name)

    @property
    def instance(self) -> str:
        return self.configuration.instance

    @property
    def target(self) -> str:
        """What starts and stops the mail system."""
        return target(self.instance)

    def socket_path(self, name: str) -> str:
        """Where a service of this mail system is reached."""
        return socket_path(self.instance, name)

    @property
    def sockets(self) -> tuple[str, ...]:
        """Names of its socket units, its own first."""
        return (
            f"{self.unit}.socket",
            *(f"{self.instance}-{name}.socket" for name in self.program.also),
        )

    @property
    def values(self) -> dict[str, object]:
        """What every template is told."""
        return {
            **places(self.configuration),
            "program": self.line.program,
            "service": self.line.name,
            "unit": self.unit,
            "secret_files": (),
            "environment": tuple(self._environment()),
        }

    def _environment(self) -> Iterator[str]:
        """Assignments, quoted (systemd.exec(5), Environment=)."""
        for name, value in imported(self.elements("import_environment")).items():
            text = f"{name}={value}".replace("\\", "\\\\").replace('"', '\\"')
            yield f'"{text}"'

    @property
    def process_limit(self) -> int:
        """How many may work at a time; 0 is no limit (master(5), maxproc)."""
        if self.line.process_limit != DEFAULT_PROCESS_LIMIT:
            return self.line.process_limit
        return int(self.text("default_process_limit"))

    def text(self, parameter: str) -> str:
        return self.configuration.text(parameter, self.line.overrides)

    def value(self, parameter: str) -> Value:
        return self.configuration.typed(parameter, self.line.overrides)

    def seconds(self, parameter: str) -> float:
        value = self.value(parameter)
        assert isinstance(value, int | float), f"{parameter} is not declared as a time"
        return float(value)

    def yes(self, parameter: str) -> bool:
        return self.configuration.typed(parameter, self.line.overrides) is True

    def words(self, parameter: str) -> tuple[str, ...]:
        """A list's elements (postconf(5): separated by commas or white space)."""
        return tuple(self.text(parameter).replace(",", " ").split())

    def elements(self, parameter: str) -> tuple[str, ...]:
        """A list's elements where some may be in braces."""
        return self.configuration.elements(parameter, self.line.overrides)

    def error(self, text: str) -> ConfigError:
        return ConfigError(self.master_cf, self.line.line, f"{self.line.name}: {text}")

    @property
    def master_cf(self) -> Path:
        return self.configuration.directory / "master.cf"
