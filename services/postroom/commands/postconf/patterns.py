"""``service/type/field`` on the command line, where any part may be * or left out."""

from collections.abc import Iterator
from typing import NamedTuple

from postroom.config.master_cf import ServiceLine

ANY = "*"


class Pattern(NamedTuple):
    """Which services, and what of each."""

    service: str
    type: str
    item: str

    def matches(self, service: ServiceLine) -> bool:
        return self.service in (ANY, service.name) and self.type in (ANY, service.type)

    def matches_item(self, item: str) -> bool:
        return self.item in (ANY, item)


EVERYTHING = Pattern(ANY, ANY, ANY)


def pattern(text: str) -> Pattern:
    """Parts that are left out match anything."""
    parts = (*text.split("/", 2), ANY, ANY)
    return Pattern(*parts[:3])


def matching(services: tuple[ServiceLine, ...], wanted: Pattern) -> Iterator[ServiceLine]:
    return (service for service in services if wanted.matches(service))
