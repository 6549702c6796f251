"""The fields of a header, as filters see and change them."""

from collections.abc import Iterator

from postroom.mail.header import Header, scan
from postroom.milter.protocol.answers import AddHeader, ChangeHeader

Field = tuple[bytes, bytes]


class Fields:
    """A header's fields, name and value; a value has what stands behind the colon.

    ``rest`` is what no field could be made of. ``changed`` tells whether a filter did anything.
    """

    def __init__(self, content: bytes) -> None:
        header: Header = scan(content)
        self._fields: list[Field] = [
            (_written_name(content[field.start : field.value]), field.body(content))
            for field in header.fields
        ]
        self._rest = content[header.end :]
        self.changed = False

    def __iter__(self) -> Iterator[Field]:
        return iter(tuple(self._fields))

    def apply(self, change: AddHeader | ChangeHeader, *, leading_space: bool) -> None:
        """``leading_space``: the filter's values begin behind the colon, not behind its space."""
        self.changed = True
        value = change.value if leading_space or not change.value else b" " + change.value
        value = _folded(value)
        if isinstance(change, AddHeader):
            at = len(self._fields) if change.above is None else change.above
            self._fields.insert(at, (change.name, value))
            return
        found = self._find(change.name, change.nth)
        if found is None:
            if value:
                self._fields.append((change.name, value))
        elif value:
            self._fields[found] = (self._fields[found][0], value)
        else:
            del self._fields[found]

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
    def wire(self) -> bytes:
        """The header again, every line with its end."""
        return b"".join(b"%b:%b\r\n" % field for field in self._fields) + self._rest


def _written_name(text: bytes) -> bytes:
    """As the sender wrote it; blanks before the colon are dropped (RFC 5322 section 4.5.8)."""
    return text.rstrip(b": \t")


def _folded(value: bytes) -> bytes:
    """Filters end lines with LF; the next begins with a blank (RFC 5322 section 2.2.3)."""
    lines = value.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"").split(b"\n")
    first, *more = lines
    kept = [first, *(line if line[:1] in (b" ", b"\t") else b"\t" + line for line in more if line)]
    return b"\r\n".join(kept)
