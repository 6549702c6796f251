"""Header fields that hold addresses, and their addresses exchanged in place."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from postroom.mail.address import is_safe, quote_address
from postroom.mail.address_list import mailboxes, replace
from postroom.mail.envelope import MAX_ADDRESS

# Resent- forms included (RFC 5322 3.6.6), and what was in use before it. Resent-Reply-To is where
# Postfix has it.
SENDER_FIELDS: Final = frozenset(
    b"from sender reply-to resent-from resent-sender errors-to"
    b" return-receipt-to disposition-notification-to mail-followup-to".split()
)
RECIPIENT_FIELDS: Final = frozenset(
    b"to cc bcc resent-to resent-cc resent-bcc resent-reply-to apparently-to".split()
)
# What a header has for the null address, as it would be nothing without quotes.
_NULL: Final = '""'
# Takes the addresses of one field, gives as many in their place.
Exchange = Callable[[Sequence[str]], Awaitable[Sequence[str]]]


async def exchanged(body: str, exchange: Exchange, token_limit: int = -1) -> str:
    """The field's body with other addresses.

    Only addresses that change or have a route are written anew: names, comments, folding and all
    other addresses stay as they were, and so does what stands behind ``token_limit`` words and
    separators.
    """
    boxes = [box for box in mailboxes(body, token_limit) if _is_address(box.address)]
    both = list(zip(boxes, await exchange([box.address for box in boxes]), strict=True))
    if all(box.address == address and not box.has_route for box, address in both):
        return body
    changes = [
        (box, quote_address(address) or _NULL)
        for box, address in both
        if box.address != address or box.lacks_comma or box.has_route
    ]
    return replace(body, changes)


def _is_address(text: str) -> bool:
    """Whether it may be asked about; other things in a header are none of our business."""
    return 0 < len(text) <= MAX_ADDRESS and is_safe(text)
