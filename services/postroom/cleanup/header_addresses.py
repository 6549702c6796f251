"""Addresses in headers: put in form where the client is one of ours, left alone otherwise."""

import asyncio
from typing import Final

from postroom.cleanup.canonical import HEADER_RECIPIENT, HEADER_SENDER
from postroom.cleanup.mapping import Mapping
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.contracts.rewrite import Context
from postroom.mail.address import is_safe, quote_address
from postroom.mail.address_list import Mailbox, mailboxes, replace
from postroom.mail.envelope import MAX_ADDRESS, Envelope
from postroom.mail.header import Field, Header, decode, encode

# Which fields hold addresses, and of what class; Resent- forms included (RFC 5322 3.6.6).
CLASSES: Final = {
    name: address_class
    for address_class, names in (
        (HEADER_SENDER, "from sender reply-to resent-from resent-sender resent-reply-to"),
        (HEADER_SENDER, "errors-to return-receipt-to disposition-notification-to"),
        (HEADER_SENDER, "mail-followup-to"),
        (HEADER_RECIPIENT, "to cc bcc resent-to resent-cc resent-bcc apparently-to"),
    )
    for name in map(str.encode, names.split())
}


# A longer body than this may take milliseconds; other messages get their turn behind it.
LONG_BODY: Final = 4096


class HeaderAddresses:
    """If remote_header_rewrite_domain is empty, headers of strangers are not touched."""

    def __init__(self, settings: Settings, rewriter: Rewriter, mapping: Mapping) -> None:
        self._rewriter = rewriter
        self._mapping = mapping
        self._remote = Context.REMOTE if settings.remote_header_rewrite_domain else None
        self._size_limit = settings.header_size_limit
        self._token_limit = settings.header_address_token_limit

    async def rewritten(
        self, envelope: Envelope, content: bytes, header: Header, *, mappings: bool
    ) -> dict[Field, bytes]:
        """New bodies for the fields that change, also by canonical tables and masquerading if
        there are to be ``mappings``; raises Refusal.

        Only addresses that change are written anew: names, comments, folding and all other
        addresses stay as they were, and so does what stands behind header_address_token_limit.
        """
        context = Context.LOCAL if envelope.rewrite_locally else self._remote
        if context is None:
            return {}
        changed = {}
        for field in header.fields:
            address_class = CLASSES.get(field.name)
            if address_class is not None:
                body = decode(field.body(content)[: self._size_limit])
                new = await self._body(body, address_class if mappings else "", context)
                if new != body:
                    changed[field] = encode(new)
                if len(body) > LONG_BODY:
                    await asyncio.sleep(0)
        return changed

    async def _body(self, body: str, address_class: str, context: Context) -> str:
        found = mailboxes(body, self._token_limit)
        boxes = [box for box in found if _is_address(box.address)]
        addresses = await self._rewriter.rewrite([box.address for box in boxes], context)
        new = addresses
        if address_class:
            new = [await self._mapping.map(address, address_class) for address in addresses]
        both = list(zip(boxes, new, strict=True))
        if all(box.address == address for box, address in both):
            return body
        changes: list[tuple[Mailbox, str]] = [
            (box, quote_address(address))
            for box, address in both
            if box.address != address or box.lacks_comma
        ]
        return replace(body, changes)


def _is_address(text: str) -> bool:
    """Whether we may ask about it; other things in a header are none of our business."""
    return 0 < len(text) <= MAX_ADDRESS and is_safe(text)
