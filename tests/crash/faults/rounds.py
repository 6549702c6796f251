"""One fault after the other, each while a few messages go through the whole mailer."""

import itertools
import smtplib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from crash.components import running
from crash.faults.injection import failing, injected
from crash.faults.matrix import Fault
from crash.letters import Kind, Letter
from crash.load import send_by_sendmail, send_by_smtp
from machine import Machine

# A component that ended is started again after a second or two.
RETURN_SECONDS = 30
LARGE = 200_000


class Rounds:
    """Remembers which letter was acknowledged in which round."""

    def __init__(self, machine: Machine, report: Path) -> None:
        self.acknowledged: list[Letter] = []
        self.during: dict[int, Fault] = {}
        self.injected = 0
        self.not_returned: list[Fault] = []
        self._machine = machine
        self._report = report
        self._numbers = itertools.count(1)

    def play(self, fault: Fault) -> bool:
        """Whether the call was made so often that it failed."""
        processes = self._processes(fault)
        with injected(processes, failing(fault), self._report) as injection:
            self._send(fault)
        if injection.hits:
            self.injected += 1
        if not self._returned(fault):
            self.not_returned.append(fault)
        return injection.hits > 0

    def _processes(self, fault: Fault) -> list[int]:
        """Of the component, which is called if it is not there, once it is ready: an interpreter
        that cannot read its own modules is not what is looked at here."""
        deadline = time.monotonic() + RETURN_SECONDS
        while time.monotonic() < deadline:
            units = {unit: each for unit, each in self._ready().items() if _is_of(unit, fault)}
            if units:
                return [process for processes in units.values() for process in processes]
            self._send(fault)
        raise AssertionError(f"{fault.component} does not run")

    def _ready(self) -> dict[str, list[int]]:
        active = self._machine.run(
            *("systemctl", "list-units", "--plain", "--no-legend", "--state=active"),
            *("--type=service", "postroom-*"),
        )
        ready = {line.split()[0] for line in active.splitlines()}
        units = running(self._machine)
        return {unit: processes for unit, processes in units.items() if unit in ready}

    def _send(self, fault: Fault) -> None:
        """Small and large, to everywhere."""
        self._try_smtp(self._letters(fault, [1000, LARGE]))
        for one in self._letters(fault, [1000]):
            if send_by_sendmail(self._machine, one):
                self.acknowledged.append(one)

    def _try_smtp(self, letters: Iterable[Letter]) -> None:
        try:
            self.acknowledged += send_by_smtp(self._machine, letters)
        except (OSError, smtplib.SMTPException):
            return

    def _returned(self, fault: Fault) -> bool:
        """Whether mail is taken again, on both ways."""
        deadline = time.monotonic() + RETURN_SECONDS
        while time.monotonic() < deadline:
            before = len(self.acknowledged)
            self._send(fault)
            if len(self.acknowledged) - before == 3:
                return True
        return False

    def _letters(self, fault: Fault, sizes: Iterable[int]) -> Iterator[Letter]:
        for size in sizes:
            number = next(self._numbers)
            self.during[number] = fault
            kinds = (Kind.LOCAL, Kind.RELAYED) if number % 2 else (Kind.LOCAL, Kind.DEFERRED)
            yield Letter(number, kinds, size)


def _is_of(unit: str, fault: Fault) -> bool:
    name = unit.removeprefix("postroom-").removesuffix(".service")
    return name.partition("@")[0] == fault.component
