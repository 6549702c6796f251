"""The forms of an address under which tables are searched, most specific first."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from postroom.mail.address import quote_local, split_address, split_extension
from postroom.tables.match_list import domain_keys


class Tables(Protocol):
    """A list of tables; ``part`` keeps those of patterns out. Raises TableError."""

    def __bool__(self) -> bool: ...

    async def find(self, key: str, *, part: bool = False) -> str | None: ...


class Key(NamedTuple):
    """``part``: not the whole address, so nothing for a pattern."""

    text: str
    part: bool


async def first_value(tables: Tables, keys: Iterator[Key]) -> str | None:
    if not tables:
        return None
    for key in keys:
        value = await tables.find(key.text, part=key.part)
        if value is not None:
            return value
    return None


def recipient_keys(address: str, delimiters: str, *, parents: bool) -> Iterator[Key]:
    """transport(5): user+ext@domain, user@domain, domain, its parents, and ``*``."""
    yield from whole_address_keys(address, delimiters)
    _, domain = split_address(address)
    for key in domain_keys(domain, parents=parents):
        yield Key(key, part=True)
    yield Key("*", part=True)


def user_keys(address: str, delimiters: str, *, ours: bool) -> Iterator[Key]:
    """relocated(5): user+ext@domain, user@domain, ``user`` where the domain is ours, @domain."""
    yield from whole_address_keys(address, delimiters)
    local, domain = split_address(address)
    if not domain:
        return
    if ours:
        for key in whole_address_keys(local, delimiters):
            yield Key(key.text, part=True)
    yield Key(f"@{domain}", part=True)


def whole_address_keys(address: str, delimiters: str) -> Iterator[Key]:
    """With and without extension; quoted where it must be, then as we keep it."""
    local, domain = split_address(address)
    name, extension = split_extension(local, delimiters)
    for form, part in ((local, False), (name, True)) if extension else ((local, False),):
        behind = f"@{domain}" if domain else ""
        quoted = quote_local(form) if form else ""
        yield Key(quoted + behind, part)
        if quoted != form:
            yield Key(form + behind, part)
