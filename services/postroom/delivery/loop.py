"""Recognise a message that was here before: its header says for whom it was delivered."""

from postroom.delivery.content import Content
from postroom.mail.header import decode, scan

# Delivered-To lines stand at the very top, above the Received lines of later hosts' doing.
_MAX_HEADER = 65_536


def delivered_to(content: Content) -> frozenset[str]:
    """The addresses in Delivered-To headers, quoted as they are there, in lower case."""
    head = next(content.pieces(), b"")[:_MAX_HEADER]
    # Most mail comes for the first time.
    if b"delivered-to" not in head.lower():
        return frozenset()
    return frozenset(decode(field.text(head)).lower() for field in scan(head).all(b"delivered-to"))
