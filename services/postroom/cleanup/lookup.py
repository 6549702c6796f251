"""Find an address in tables, in the order that canonical(5) and virtual(5) describe."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final, NamedTuple

from postroom.cleanup.refusal import LOOKUP_PROBLEM, Refusal
from postroom.mail.address import is_safe, quote_address, split_address, split_extension
from postroom.mail.address_list import mailboxes
from postroom.mail.envelope import MAX_ADDRESS
from postroom.maillog.cleanup import CleanupLog
from postroom.tables import Maps, TableError

Ours = Callable[[str], Awaitable[bool]]


class NamedMaps(NamedTuple):
    """Tables, and what main.cf calls them; ``propagate``: unmatched extensions are carried on."""

    parameter: str
    maps: Maps
    propagate: bool = False


class _Key(NamedTuple):
    text: str
    unmatched: str = ""


class Lookup:
    """``ours`` tells domains whose users a table may name without domain; ``delimiters`` is
    recipient_delimiter."""

    def __init__(self, delimiters: str, ours: Ours, log: CleanupLog) -> None:
        self._delimiters: Final = delimiters
        self._ours: Final = ours
        self._log: Final = log

    async def find(self, tables: NamedMaps, address: str) -> list[str] | None:
        """The addresses a table gives for ``address``, not yet put in form; None if it has none.

        Raises Refusal where a table cannot be read or holds what is no address.
        """
        if not tables.maps:
            return None
        try:
            _, domain = split_address(address)
            for key in self._keys(address, ours=bool(domain) and await self._ours(domain)):
                value = await tables.maps.find(key.text)
                if value is not None:
                    unmatched = key.unmatched if tables.propagate else ""
                    return self._result(tables, address, value, unmatched)
        except TableError as error:
            self._log.table_problem(tables.parameter, address, str(error))
            raise Refusal(LOOKUP_PROBLEM) from None
        return None

    def _keys(self, address: str, *, ours: bool) -> Iterator[_Key]:
        local, domain = split_address(address)
        user, extension = split_extension(local, self._delimiters)
        yield _Key(quote_address(address))
        if extension:
            yield _Key(quote_address(f"{user}@{domain}" if domain else user), extension)
        if ours:
            yield _Key(local)
            if extension:
                yield _Key(user, extension)
        if domain:
            yield _Key(f"@{domain}")

    def _result(self, tables: NamedMaps, address: str, value: str, extension: str) -> list[str]:
        value = value.strip()
        if value.startswith("@"):  # the same user elsewhere
            value = quote_address(split_address(address)[0]) + value
        found = [box.address for box in mailboxes(value) if box.address]
        if extension:
            found = [_extended(one, extension) for one in found]
        if not found or not all(len(one) <= MAX_ADDRESS and is_safe(one) for one in found):
            self._log.table_problem(tables.parameter, address, "the result is no address")
            raise Refusal(LOOKUP_PROBLEM)
        return found


def _extended(address: str, extension: str) -> str:
    local, domain = split_address(address)
    return f"{local}{extension}@{domain}" if domain else f"{local}{extension}"
