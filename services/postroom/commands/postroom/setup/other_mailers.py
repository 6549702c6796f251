"""The services of other mail systems: what they are, stopped for good, brought back."""

from collections.abc import Iterable

from postroom.commands.postroom import manager
from postroom.commands.postroom.setup.record import Unit

# As Debian calls them.
_UNITS = (
    *("exim4.service", "postfix.service", "sendmail.service", "opensmtpd.service"),
    *("courier-mta.service", "nullmailer.service", "masqmail.service", "citadel.service"),
)


def in_use() -> tuple[Unit, ...]:
    """Those that run or would run after the next boot."""
    found = (Unit(name, manager.is_enabled(name), manager.is_active(name)) for name in _UNITS)
    return tuple(unit for unit in found if unit.enabled or unit.active)


def stop(units: Iterable[Unit]) -> None:
    for unit in units:
        manager.disable(unit.name)
        manager.stop((unit.name,))


def bring_back(units: Iterable[Unit]) -> None:
    """What is no longer installed stays away."""
    for unit in units:
        if unit.enabled and manager.is_known(unit.name):
            manager.enable(unit.name)
        if unit.active and manager.is_known(unit.name):
            manager.start((unit.name,))
