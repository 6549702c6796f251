"""Which table is asked about what: one for each kind of header, and one for bodies."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from postroom.mail.mime import Piece, Section
from postroom.tables import Maps

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


class Checked(NamedTuple):
    """Tables, and the parameter that names them."""

    parameter: str
    maps: Maps


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


def checks(
    prefix: str,
    header: Iterable[str],
    mime: Iterable[str],
    nested: Iterable[str],
    body: Iterable[str],
) -> Checks:
    """The tables of parameters whose names begin with ``prefix``."""
    return Checks(
        Checked(f"{prefix}header_checks", Maps(header)),
        Checked(f"{prefix}mime_header_checks", Maps(mime)),
        Checked(f"{prefix}nested_header_checks", Maps(nested)),
        Checked(f"{prefix}body_checks", Maps(body)),
    )
