"""Which table is asked about what: one for each kind of header, and one for bodies."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from postroom.mail.mime import Piece, Section
from postroom.tables import Maps, TableError

# RFC 2045; wherever they stand, these are the business of the table for MIME headers.
_MIME_FIELDS: Final = frozenset(
    {
        b"content-description",
        b"content-disposition",
        b"content-id",
        b"content-transfer-encoding",
        b"content-type",
        b"mime-version",
    }
)


class Unreadable(TableError):
    """A table that ``parameter`` names cannot be read now."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter


class Checked(NamedTuple):
    """Tables, and the parameter that names them."""

    parameter: str
    maps: Maps

    async def find(self, text: str) -> str | None:
        """What they have for a text; raises Unreadable."""
        try:
            return await self.maps.find(text)
        except TableError as error:
            raise Unreadable(self.parameter, str(error)) from None

    async def find_each(self, texts: Iterable[str]) -> dict[str, str | None]:
        """As ``find``, of many."""
        try:
            return await self.maps.find_each(texts)
        except TableError as error:
            raise Unreadable(self.parameter, str(error)) from None


class Checks(NamedTuple):
    """The four parameters of header_checks(5)."""

    header: Checked
    mime: Checked
    nested: Checked
    body: Checked

    def __bool__(self) -> bool:
        return any(checked.maps for checked in self)

    def of(self, piece: Piece) -> Checked:
        """Who knows about a field."""
        if piece.section is Section.PART or (piece.field and piece.field.name in _MIME_FIELDS):
            return self.mime
        return self.nested if piece.section is Section.NESTED else self.header


class Named(NamedTuple):
    """What main.cf names for each of them."""

    header: Sequence[str]
    mime: Sequence[str]
    nested: Sequence[str]
    body: Sequence[str]


def checks(
    named: Named, prefix: str = "", open_maps: Callable[[Sequence[str]], Maps] = Maps
) -> Checks:
    """The tables of parameters whose names begin with ``prefix``."""
    parameters = ("header_checks", "mime_header_checks", "nested_header_checks", "body_checks")
    tables = zip(parameters, named, strict=True)
    return Checks(*(Checked(prefix + parameter, open_maps(names)) for parameter, names in tables))
