"""``%s``, ``%u``, ``%d``, ``%1`` … in queries and results (mysql_table(5) and its like)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from postroom.tables.table import TableError

_LETTERS = frozenset("sSuUdD123456789")


class Subject(NamedTuple):
    """A key or a value by its parts; ``domain`` is None where there is no ``@``."""

    whole: str
    user: str
    domain: str | None

    @classmethod
    def of(cls, text: str) -> "Subject":
        user, at, domain = text.rpartition("@")
        return cls(text, user, domain) if at else cls(text, text, None)

    def part(self, letter: str) -> str | None:
        """What a letter stands for; None where the subject has no such part."""
        if letter in "sS":
            return self.whole
        if letter in "uU":
            return self.user or None
        if letter in "dD":
            return self.domain or None
        labels = [label for label in (self.domain or "").split(".") if label]
        return labels[-int(letter)] if int(letter) <= len(labels) else None


class Template:
    """Raises TableError for a text with a ``%`` that means nothing."""

    def __init__(self, text: str, title: str) -> None:
        self._parts = tuple(_parts(text, title))

    def query(self, key: str, quote: Callable[[str], str]) -> str | None:
        """The query for a key; None where the key lacks what the query wants to know."""
        subject = Subject.of(key)
        return self._filled(subject, subject, quote)

    def result(self, value: str, key: str) -> str | None:
        """A value put in form; None where it, or the key, lacks a part that is wanted.

        Small letters are parts of the value, capitals and digits parts of the key.
        """
        return self._filled(Subject.of(value), Subject.of(key), str)

    def _filled(self, small: Subject, large: Subject, quote: Callable[[str], str]) -> str | None:
        if not small.whole:
            return None
        filled = []
        for literal, letter in self._parts:
            filled.append(literal)
            if letter:
                part = (small if letter.islower() else large).part(letter)
                if part is None:
                    return None
                filled.append(quote(part))
        return "".join(filled)


def _parts(text: str, title: str) -> Iterator[tuple[str, str]]:
    """Literal texts, and the letter behind each."""
    literal, *rest = text.split("%")
    pieces = iter(rest)
    for piece in pieces:
        if not piece:  # "%%"
            literal += "%" + next(pieces, "")
            continue
        if piece[0] not in _LETTERS:
            raise TableError(f'{title}: invalid %-substitution "%{piece[0]}" in "{text}"')
        yield literal, piece[0]
        literal = piece[1:]
    yield literal, ""
