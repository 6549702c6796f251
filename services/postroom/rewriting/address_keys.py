"""The forms of an address under which tables are searched, most specific first."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from postroom.mail.address import Extensions, quote_local, split_address


class Tables(Protocol):
    """A list of tables; ``part`` keeps those of patterns out. Raises TableError."""

    def __bool__(self) -> bool: ...

    async def find(self, key: str, *, part: bool = False) -> str | None: ...


class Key(NamedTuple):
    """``part``: not the whole address, so nothing for a pattern; ``unmatched``: the extension
    that it lacks."""

    text: str
    part: bool = True
    unmatched: str = ""


class Found(NamedTuple):
    key: Key
    value: str


async def first_found(tables: Tables, keys: Iterator[Key]) -> Found | None:
    """What the first key gives that the tables know."""
    if not tables:
        return None
    for key in keys:
        value = await tables.find(key.text, part=key.part)
        if value is not None:
            return Found(key, value)
    return None


def user_keys(address: str, extensions: Extensions, *, ours: bool) -> Iterator[Key]:
    """canonical(5): user+ext@domain, user@domain, ``user`` where the domain is ours, @domain."""
    yield from whole_address_keys(address, extensions)
    local, domain = split_address(address)
    if not domain:
        return
    if ours:
        for key in _name_keys(local, "", extensions):
            yield key._replace(part=True)
    yield Key(f"@{domain}")


def whole_address_keys(address: str, extensions: Extensions) -> Iterator[Key]:
    """With and without extension; quoted where it must be, then as we keep it."""
    local, domain = split_address(address)
    return _name_keys(local, f"@{domain}" if domain else "", extensions)


def _name_keys(local: str, behind: str, extensions: Extensions) -> Iterator[Key]:
    name, extension = extensions.split(local)
    yield from _forms(local, behind, Key("", part=False))
    if extension:
        yield from _forms(name, behind, Key("", unmatched=extension))


def _forms(name: str, behind: str, key: Key) -> Iterator[Key]:
    quoted = quote_local(name) if name else ""
    yield key._replace(text=quoted + behind)
    if quoted != name:
        yield key._replace(text=name + behind)
