"""Lists of patterns: mydestination, relay_domains, mynetworks and the like (postconf(5)).

A list is searched in its order, and the first pattern that matches decides: ``!pattern``
decides for "no". ``/file/name`` stands for the patterns in that file, ``type:table`` for the
keys of a table; anything else is compared, without case. What cannot be read or understood
raises TableError, so that nothing is concluded from half a list.

The search itself does no look-ups: it asks a question per table and key. ``match`` answers
them from the tables it opens, ``holds`` too, while the event loop goes on; ``match_with`` asks
somebody else (proxymap(8)).
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Generator, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from postroom.config.logical_lines import LogicalLine, logical_lines
from postroom.config.table_types import is_pattern
from postroom.tables.folding import fold
from postroom.tables.network import Address, parse_address, parse_network
from postroom.tables.opening import open_table
from postroom.tables.refreshed import Refreshed
from postroom.tables.source_file import read_text
from postroom.tables.table import Table, TableError

# A file that names itself, or a file that does.
MAX_FILE_DEPTH = 10
_NETWORK_CHARACTERS = frozenset("0123456789./")


class Query(NamedTuple):
    """A look-up the search wants done: ``table`` as written in the list."""

    table: str
    key: str


Search = Generator[Query, str | None, bool]
Ask = Callable[[str, str], Awaitable[str | None]]


class MatchList(ABC):
    """``entries`` are the words of the parameter; subclasses say what a subject is."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = tuple(entries)
        self._tables: dict[str, Table] = {}
        self._files: dict[str, Refreshed[tuple[str, ...]]] = {}

    def __bool__(self) -> bool:
        return bool(self._entries)

    @abstractmethod
    def _matches(self, pattern: str, subject: tuple[str, ...]) -> Search: ...

    def _answered(self, *subject: str) -> bool:
        search = self._search(self._entries, subject, 0)
        answer: str | None = None
        while True:
            try:
                query = search.send(answer)
            except StopIteration as end:
                return bool(end.value)
            answer = self._table(query.table).lookup(query.key)

    async def _answered_by(self, ask: Ask, *subject: str) -> bool:
        search = self._search(self._entries, subject, 0)
        answer: str | None = None
        while True:
            try:
                query = search.send(answer)
            except StopIteration as end:
                return bool(end.value)
            answer = await ask(query.table, query.key)

    async def _find(self, table: str, key: str) -> str | None:
        return await self._table(table).find(key)

    def _search(self, entries: tuple[str, ...], subject: tuple[str, ...], depth: int) -> Search:
        found = yield from self._decision(entries, subject, depth)
        return bool(found)

    def _decision(
        self, entries: tuple[str, ...], subject: tuple[str, ...], depth: int
    ) -> Generator[Query, str | None, bool | None]:
        """True or False from the first pattern that matches, None when none does."""
        if depth > MAX_FILE_DEPTH:
            raise TableError(f"{entries[0]}: files that name files, more than {depth} deep")
        for entry in entries:
            pattern = entry.lstrip("!")
            wanted = (len(entry) - len(pattern)) % 2 == 0
            if pattern.startswith("/"):
                found = yield from self._decision(self._file(pattern), subject, depth + 1)
                if found is not None:
                    return found is wanted
            elif (yield from self._matches(pattern, subject)):
                return wanted
        return None

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = open_table(name)
        return self._tables[name]

    def _file(self, name: str) -> tuple[str, ...]:
        if name not in self._files:
            self._files[name] = Refreshed(Path(name), _patterns)
        return self._files[name].current()


class StringList(MatchList):
    """Whole names: mydestination, virtual_alias_domains, virtual_mailbox_domains."""

    def __init__(self, entries: Iterable[str]) -> None:
        super().__init__(entries)
        plain = not any(entry.startswith(("!", "/")) or is_table(entry) for entry in self._entries)
        # Most lists are a few names; then there is nothing to search.
        self._names = frozenset(map(fold, self._entries)) if plain else None

    def match(self, name: str) -> bool:
        if self._names is not None:
            return fold(name) in self._names
        return self._answered(name)

    async def holds(self, name: str) -> bool:
        if self._names is not None:
            return fold(name) in self._names
        return await self._answered_by(self._find, name)

    async def match_with(self, name: str, ask: Ask) -> bool:
        return await self._answered_by(ask, name)

    def _matches(self, pattern: str, subject: tuple[str, ...]) -> Search:
        (name,) = subject
        if is_table(pattern):
            return (yield Query(pattern, name)) is not None
        return fold(pattern) == fold(name)


class DomainList(StringList):
    """Names and what is below them: relay_domains.

    Below ``example.com`` is matched by ``example.com`` itself where ``parents`` (the list is
    named in parent_domain_matches_subdomains), and otherwise by ``.example.com``.
    """

    def __init__(self, entries: Iterable[str], *, parents: bool) -> None:
        super().__init__(entries)
        self._names = None
        self._parents = parents

    def match(self, name: str) -> bool:
        return self._answered(name)

    def _matches(self, pattern: str, subject: tuple[str, ...]) -> Search:
        (name,) = subject
        if is_table(pattern):
            return (yield from self._in_table(pattern, name))
        pattern, name = fold(pattern), fold(name)
        above = f".{pattern}" if self._parents else pattern
        return name == pattern or (above.startswith(".") and name.endswith(above))

    def _in_table(self, table: str, name: str) -> Search:
        if is_pattern(table):  # it wants the whole name, not its parents
            return (yield Query(table, name)) is not None
        for key in domain_keys(name, parents=self._parents):
            if (yield Query(table, key)) is not None:
                return True
        return False


class NetworkList(DomainList):
    """Hosts by name or address: mynetworks, debug_peer_list."""

    def match(self, name: str, address: str = "") -> bool:
        return self._answered(name, address)

    async def match_with(self, name: str, ask: Ask, address: str = "") -> bool:
        return await self._answered_by(ask, name, address)

    def _matches(self, pattern: str, subject: tuple[str, ...]) -> Search:
        name, address = subject
        if name and (yield from super()._matches(pattern, (name,))):
            return True
        if is_table(pattern):
            return (yield Query(pattern, address)) is not None
        number = parse_address(address)
        return number is not None and _looks_like_network(pattern) and _holds(pattern, number)


@lru_cache(maxsize=4096)  # patterns come from main.cf, so they are few
def is_table(pattern: str) -> bool:
    """``type:name``; an IPv6 network is in brackets, or is no table by its first part."""
    return ":" in pattern and not pattern.startswith("[") and not _looks_like_network(pattern)


def domain_keys(name: str, *, parents: bool) -> Iterable[str]:
    """``a.b.c``, then ``.b.c`` and ``.c``, or ``b.c`` and ``c`` where ``parents``."""
    yield name
    dot = name.find(".", 1)
    while dot >= 0:
        yield name[dot + 1 :] if parents else name[dot:]
        dot = name.find(".", dot + 1)


def _looks_like_network(pattern: str) -> bool:
    if pattern.startswith("["):
        return True
    if _NETWORK_CHARACTERS.issuperset(pattern):
        return True
    return parse_address(pattern.partition("/")[0]) is not None


def _holds(pattern: str, address: Address) -> bool:
    try:
        return parse_network(pattern).holds(address)
    except ValueError as error:
        raise TableError(str(error)) from None


def _patterns(descriptor: int) -> tuple[str, ...]:
    """White space and commas separate patterns; there is no continuation to think of."""
    lines: Iterable[LogicalLine] = logical_lines(read_text(descriptor))
    return tuple(word for line in lines for word in line.text.replace(",", " ").split())
