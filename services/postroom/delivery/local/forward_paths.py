"""Where a user's .forward file may be (main.cf: forward_path)."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from postroom.config.expansion import UndefinedName
from postroom.config.macros import expand_defined, filtered
from postroom.delivery.local.macros import macros
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User

# Of whom the paths are kept: to expand them is a fifth of what we do for an ordinary message.
MAX_KEPT = 1000


class ForwardPaths:
    """``of`` an address and the user it leads to: the paths in their order, and whether each is
    the extension's own; none that names what is not, or would be somewhere else for each process.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.of = lru_cache(MAX_KEPT)(self._expanded)

    def _expanded(self, address: str, user: User) -> Mapping[str, bool]:
        settings = self._settings
        values = filtered(macros(settings, address, user), settings.forward_expansion_filter)
        paths: dict[str, bool] = {}
        for template in settings.forward_path:
            with suppress(UndefinedName):
                path, names = expand_defined(template, values)
                if path.startswith("/"):
                    paths.setdefault(path, "extension" in values and "extension" in names)
        return paths
