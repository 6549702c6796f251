"""Find an address in tables, in the order of canonical(5), virtual(5) and generic(5)."""

from collections.abc import Awaitable, Callable
from typing import Final

from postroom.mail.address import NULL_SENDER, Extensions, is_safe, quote_address, split_address
from postroom.mail.address_list import mailboxes
from postroom.mail.envelope import MAX_ADDRESS
from postroom.rewriting.address_keys import Found, Tables, first_found, user_keys
from postroom.tables import TableError

Ours = Callable[[str], Awaitable[bool]]


class AddressLookup:
    """``ours`` tells domains whose users a table may name without domain."""

    def __init__(self, extensions: Extensions, ours: Ours) -> None:
        self._extensions: Final = extensions
        self._ours: Final = ours

    async def find(self, tables: Tables, address: str, *, propagate: bool) -> list[str] | None:
        """The addresses a table gives for ``address``, not yet put in form; None if it has none.

        With ``propagate`` an extension that the key lacked is carried on. Raises TableError
        where a table cannot be read or holds what is no address.
        """
        found = await self.found(tables, address)
        if found is None:
            return None
        return _result(address, found.value, found.key.unmatched if propagate else "")

    async def found(self, tables: Tables, address: str) -> Found | None:
        """The first entry for ``address``; raises TableError where a table cannot be read."""
        if not tables:
            return None
        _, domain = split_address(address)
        ours = bool(domain) and await self._ours(domain)
        return await first_found(tables, user_keys(address, self._extensions, ours=ours))


def _result(address: str, value: str, extension: str) -> list[str]:
    value = value.strip()
    if value == "<>":
        return [NULL_SENDER]
    if value.startswith("@"):  # the same user elsewhere
        value = quote_address(split_address(address)[0]) + value
    found = [box.address for box in mailboxes(value) if box.address]
    if extension:
        found = [_extended(one, extension) for one in found]
    if not found or not all(len(one) <= MAX_ADDRESS and is_safe(one) for one in found):
        raise TableError(f'lookup of {address} returns non-address result "{value}"')
    return found


def _extended(address: str, extension: str) -> str:
    local, domain = split_address(address)
    return f"{local}{extension}@{domain}" if domain else f"{local}{extension}"
