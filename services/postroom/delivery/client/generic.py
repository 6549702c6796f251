"""generic(5): our addresses as other hosts may see them, in envelope and header."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import structs

from postroom.delivery.client.rules import Rules
from postroom.delivery.content import Content
from postroom.mail.address import completed
from postroom.mail.dsn import original_recipient
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.header import decode, encode, scan
from postroom.rewriting.address_fields import RECIPIENT_FIELDS, SENDER_FIELDS, exchanged
from postroom.rewriting.address_lookup import AddressLookup
from postroom.tables import Maps
from postroom.tables.match_list import StringList
from postroom.tables.proxied import ProxiedTable
from postroom.tables.table import Table

# More of a header than cleanup lets through is no header.
MAX_HEADER = 512 * 1024


class Posted(NamedTuple):
    """A message as the next host gets it; log and reports keep the addresses it came with."""

    envelope: Envelope
    content: Content


class Generic:
    """smtp_generic_maps or lmtp_generic_maps. A result is not looked up again.

    The clients see no files, so that proxymap(8) is asked about every table; what files name as
    mydestination is not known here.
    """

    def __init__(self, rules: Rules, opened: Callable[[str], Table] = ProxiedTable) -> None:
        """``opened`` makes a table of its name."""
        self._opened = opened
        self._maps = Maps.of(map(opened, rules.generic_maps))
        self._propagate = "generic" in rules.propagate_unmatched_extensions
        self._origin = rules.myorigin
        named = (one for one in rules.mydestination if not one.lstrip("!").startswith("/"))
        self._domains = StringList((rules.myorigin, *named))
        self._lookup = AddressLookup(rules.extensions, self._is_ours)

    async def posted(self, envelope: Envelope, content: Content) -> Posted:
        """Raises TableError, and ContentLost."""
        if not self._maps:
            return Posted(envelope, content)
        recipients = [await self._recipient(one) for one in envelope.recipients]
        sender = await self._generic(envelope.sender)
        envelope = structs.replace(envelope, sender=sender, recipients=tuple(recipients))
        return Posted(envelope, await self._with_header(content))

    async def _is_ours(self, domain: str) -> bool:
        return await self._domains.match_with(
            domain, lambda table, key: self._opened(table).find(key)
        )

    async def _recipient(self, recipient: Recipient) -> Recipient:
        """Reports are about the address that the sender wrote (RFC 3461 section 5.2.1)."""
        address = await self._generic(recipient.address)
        if address == recipient.address:
            return recipient
        return structs.replace(recipient, address=address, orcpt=original_recipient(recipient))

    async def _generic(self, address: str) -> str:
        """The null sender is nobody's address."""
        if not address:
            return address
        found = await self._lookup.find(self._maps, address, propagate=self._propagate)
        if found is None:
            return address
        return found[0] and completed(found[0], self._origin)

    async def _exchanged(self, addresses: Sequence[str]) -> Sequence[str]:
        return [await self._generic(address) for address in addresses]

    async def _with_header(self, content: Content) -> Content:
        old = content.beginning(MAX_HEADER, b"\r\n\r\n")
        header = scan(old)
        new: list[bytes] = []
        kept = 0
        for field in header.fields:
            if field.name in SENDER_FIELDS or field.name in RECIPIENT_FIELDS:
                body = decode(field.body(old))
                changed = await exchanged(body, self._exchanged)
                if changed != body:
                    new += (old[kept : field.value], encode(changed), b"\r\n")
                    kept = field.end
        if not new:
            return content
        return content.replaced(kept, b"".join(new))
