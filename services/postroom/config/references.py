"""What a value refers to, found without the values of what it refers to."""

from typing import NamedTuple

from postroom.config.expansion import Branches, Expander, ExpansionError


class References(NamedTuple):
    """The names in a value, in whichever branch; those up to the ``fault``, where it has one."""

    names: frozenset[str]
    fault: str


def references(text: str) -> References:
    reader = _Reader()
    try:
        reader.expand(text)
    except ExpansionError as error:
        return References(frozenset(reader.names), str(error))
    return References(frozenset(reader.names), "")


def names_in(text: str) -> frozenset[str]:
    """Every name a value refers to."""
    return references(text).names


def check_syntax(text: str) -> None:
    """Raises ExpansionError where that can be told without values."""
    _Reader().expand(text)


class _Reader(Expander):
    """Takes every way through a text."""

    def __init__(self) -> None:
        super().__init__(self._noted)
        self.names: set[str] = set()

    def _noted(self, name: str) -> str:
        self.names.add(name)
        return ""

    def _chosen(self, branches: Branches, level: int, *, filled: bool) -> str:
        self.expand(branches.filled, level)
        return self.expand(branches.empty, level)

    def _holds(self, sign: str, left: str, right: str) -> bool:
        """What is to be compared may be anything yet."""
        return False
