"""The forms of an address under which transport_maps are searched, most specific first."""

from collections.abc import Iterator

from postroom.mail.address import Extensions, split_address
from postroom.rewriting.address_keys import Key, whole_address_keys
from postroom.tables.match_list import domain_keys


def recipient_keys(address: str, extensions: Extensions, *, parents: bool) -> Iterator[Key]:
    """transport(5): user+ext@domain, user@domain, domain, its parents, and ``*``."""
    yield from whole_address_keys(address, extensions)
    _, domain = split_address(address)
    for key in domain_keys(domain, parents=parents):
        yield Key(key)
    yield Key("*")
