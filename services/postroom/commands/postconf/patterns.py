"""``service/type/field`` on the command line, where any part may be *."""

from collections.abc import Iterable
from typing import NamedTuple

from postroom.commands.postconf.options import UsageError

ANY = "*"


class Pattern(NamedTuple):
    """Which services, and what of each. ``text`` is how it was asked for."""

    text: str
    service: str
    type: str
    item: str

    def matches(self, name: str, kind: str) -> bool:
        return self.service in (ANY, name) and self.type in (ANY, kind)

    def matches_item(self, item: str) -> bool:
        return self.item in (ANY, item)


EVERYTHING = Pattern(ANY, ANY, ANY, ANY)


def pattern(text: str, form: str, fewest: int = 1) -> Pattern:
    """Parts that are left out match anything.

    ``form`` names all parts there may be, of which the ``fewest`` first ones must be given;
    UsageError where they are not, or where * is only a piece of a part.
    """
    name = text.partition("=")[0].rstrip()
    parts = name.removesuffix("/").split("/")
    if not fewest <= len(parts) <= form.count("/") + 1 or not _are_sound(parts):
        raise UsageError(f"option requires {form}: {text!r}")
    return Pattern(text, *(*parts, ANY, ANY)[:3])


def _are_sound(parts: Iterable[str]) -> bool:
    service, *others = parts
    return bool(service) and all(part == ANY or ANY not in part for part in (service, *others))
