"""The fields of a header, as filters see and change them."""

from collections.abc import Iterable, Iterator

from postroom.mail.header import Header, encode, scan
from postroom.milter.protocol.answers import AddHeader, ChangeHeader

Field = tuple[bytes, bytes]


class Fields:
    """A header's fields, name and value; a value has what stands behind the colon.

    ``changed`` tells whether a filter did anything. Above them all is our own Received, which
    filters do not see, and count (MILTER_README): ``above`` of them may go above it, too.
    """

    def __init__(self, content: bytes) -> None:
        header: Header = scan(content)
        self._fields: list[Field] = [
            (_written_name(content[field.start : field.value]), field.body(content))
            for field in header.fields
        ]
        self._rest = content[header.end :]
        self._above = 0
        self.changed = False

    def __iter__(self) -> Iterator[Field]:
        return iter(tuple(self._fields))

    def wanted(self, change: AddHeader | ChangeHeader, *, leading_space: bool) -> Field | None:
        """The field that a change makes; None if it removes one.

        ``leading_space``: the filter's values begin behind the colon, not behind its space.
        """
        if isinstance(change, ChangeHeader) and not change.value:
            return None
        name, value = change.name, change.value if leading_space else b" " + change.value
        found = self._find(name, change.nth) if isinstance(change, ChangeHeader) else None
        return name if found is None else self._fields[found][0], _folded(value)

    def apply(self, change: AddHeader | ChangeHeader, field: Field | None) -> None:
        """Make a change, with ``field`` in the place that it names."""
        self.changed = True
        if isinstance(change, AddHeader):
            if field is not None:
                self._insert(field, change.above)
            return
        found = self._find(change.name, change.nth)
        if found is None:
            self._fields += [field] if field is not None else []
        elif field is not None:
            self._fields[found] = field
        else:
            del self._fields[found]
            self._above -= found < self._above

    def _insert(self, field: Field, above: int | None) -> None:
        if above is None:
            self._fields.append(field)
        elif above <= self._above:
            self._fields.insert(above, field)
            self._above += 1
        else:
            self._fields.insert(above - 1, field)

    def _find(self, name: bytes, nth: int) -> int | None:
        """The place of the ``nth`` field of that name."""
        wanted = name.lower()
        left = max(nth, 1)
        for at, (other, _) in enumerate(self._fields):
            if other.lower() == wanted:
                left -= 1
                if not left:
                    return at
        return None

    @property
    def above(self) -> bytes:
        """What belongs above our own Received."""
        return _wire(self._fields[: self._above])

    @property
    def wire(self) -> bytes:
        """The rest of the header, every line with its end."""
        return _wire(self._fields[self._above :]) + self._rest


def split_field(text: str) -> Field:
    """A field that a table made, of the form ``name: value``."""
    name, _, value = text.partition(":")
    return encode(name.rstrip()), _folded(encode(value))


def _wire(fields: Iterable[Field]) -> bytes:
    return b"".join(b"%b:%b\r\n" % field for field in fields)


def _written_name(text: bytes) -> bytes:
    """As the sender wrote it; blanks before the colon are dropped (RFC 5322 section 4.5.8)."""
    return text.rstrip(b": \t")


def _folded(value: bytes) -> bytes:
    """Filters end lines with LF; the next begins with a blank (RFC 5322 section 2.2.3)."""
    lines = value.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"").split(b"\n")
    first, *more = lines
    kept = [first, *(line if line[:1] in (b" ", b"\t") else b"\t" + line for line in more if line)]
    return b"\r\n".join(kept)
