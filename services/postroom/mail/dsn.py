"""Addresses as delivery status notifications show them (RFC 3461, RFC 3464, RFC 6533)."""

from postroom.mail.address import quote_address
from postroom.mail.envelope import Recipient


def typed(address: str, blank: str = "") -> str:
    """An address with its type: RFC 3464 section 2.1.2, RFC 6533 section 3."""
    return f"{'rfc822' if address.isascii() else 'utf-8'};{blank}{quote_address(address)}"


def original_recipient(recipient: Recipient) -> str:
    """What the sender called a recipient; where he did not say, what he wrote to.

    RFC 3461 section 5.2.1 c: whoever passes a message on may supply what is missing. A name
    without a domain, as users of this machine write it, would mean nobody elsewhere.
    """
    if recipient.orcpt:
        return recipient.orcpt
    return typed(recipient.original if "@" in recipient.original else recipient.address)
