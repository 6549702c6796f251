"""Which mechanism is used: one that both know, that main.cf allows, and of these the best."""

from collections.abc import Collection

from postroom.delivery.client.sasl.mechanisms import MECHANISMS, Mechanism
from postroom.tables.match_list import StringList


class Selection:
    """``allowed`` is smtp_sasl_mechanism_filter; an empty one allows all."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = StringList(allowed)

    def compatible(self, offered: Collection[str]) -> tuple[str, ...]:
        """What the filter leaves of the server's offer; raises TableError."""
        if not self._allowed:
            return tuple(offered)
        return tuple(name for name in offered if self._allowed.match(name))


def best(offered: Collection[str], options: Collection[str]) -> type[Mechanism] | None:
    """Of mechanisms that meet the security ``options``."""
    names = {name.upper() for name in offered}
    wanted = {option.lower() for option in options}
    fitting = (one for one in MECHANISMS if one.name in names and wanted <= one.meets)
    return next(fitting, None)
