"""Addresses in headers: put in form where the client is one of ours, left alone otherwise."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from postroom.cleanup.canonical import HEADER_RECIPIENT, HEADER_SENDER
from postroom.cleanup.mapping import Mapping
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.contracts.rewrite import Context
from postroom.mail.envelope import Envelope
from postroom.mail.header import Field, Header, decode, encode
from postroom.rewriting.address_fields import RECIPIENT_FIELDS, SENDER_FIELDS, exchanged

CLASSES: Final = dict.fromkeys(SENDER_FIELDS, HEADER_SENDER) | dict.fromkeys(
    RECIPIENT_FIELDS, HEADER_RECIPIENT
)
# A longer body than this may take milliseconds; other messages get their turn behind it.
LONG_BODY: Final = 4096


class HeaderAddresses:
    """If remote_header_rewrite_domain is empty, headers of strangers are not touched."""

    def __init__(self, settings: Settings, rewriter: Rewriter, mapping: Mapping) -> None:
        self._rewriter = rewriter
        self._mapping = mapping
        self._remote = Context.REMOTE if settings.remote_header_rewrite_domain else None
        self._token_limit = settings.header_address_token_limit

    async def rewritten(
        self,
        queue_id: str,
        envelope: Envelope,
        content: bytes,
        header: Header,
        *,
        mappings: bool,
    ) -> dict[Field, bytes]:
        """New bodies for the fields that change, also by canonical tables and masquerading if
        there are to be ``mappings``; raises Refusal.

        What stands behind header_address_token_limit stays as it was.
        """
        context = Context.LOCAL if envelope.rewrite_locally else self._remote
        if context is None:
            return {}
        changed = {}
        for field in header.fields:
            address_class = CLASSES.get(field.name)
            if address_class is not None:
                body = decode(field.body(content))
                exchange = partial(
                    self._exchanged, queue_id, address_class if mappings else "", context
                )
                new = await exchanged(body, exchange, self._token_limit)
                if new != body:
                    changed[field] = encode(new)
                if len(body) > LONG_BODY:
                    await asyncio.sleep(0)
        return changed

    async def _exchanged(
        self, queue_id: str, address_class: str, context: Context, addresses: Sequence[str]
    ) -> Sequence[str]:
        new = await self._rewriter.rewrite(addresses, context)
        if not address_class:
            return new
        return [await self._mapping.map(queue_id, address, address_class) for address in new]
