"""Where a user's .forward file may be (main.cf: forward_path)."""

from contextlib import suppress

from postroom.config.expansion import UndefinedName
from postroom.config.macros import expand_defined, filtered
from postroom.delivery.local.macros import macros
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User


def forward_paths(settings: Settings, address: str, user: User) -> dict[str, bool]:
    """In their order, and whether each is the extension's own; none that names what is not, or
    would be somewhere else for each process."""
    values = filtered(macros(settings, address, user), settings.forward_expansion_filter)
    paths: dict[str, bool] = {}
    for template in settings.forward_path:
        with suppress(UndefinedName):
            path, names = expand_defined(template, values)
            if path.startswith("/"):
                paths.setdefault(path, "extension" in values and "extension" in names)
    return paths
