"""Variable envelope return paths: each recipient's copy has a sender of its own (VERP_README).

So the address that a report comes back to says by itself whom the report is about, whatever the
host that made it has to say.
"""

from msgspec import structs

from postroom.mail.address import split_address
from postroom.mail.envelope import MAX_ADDRESS, Envelope, Recipient


def are_delimiters(text: str, allowed: str) -> bool:
    """Whether ``text`` may stand between the parts of such a sender; ``allowed`` are characters
    (main.cf: verp_delimiter_filter)."""
    return len(text) == 2 and set(text).issubset(allowed)


def personal_sender(sender: str, recipient: Recipient, delimiters: str) -> str:
    """``owner@origin`` → ``owner+user=domain@origin``, of the recipient as the message had him
    before anybody rewrote him; the sender as it is where that would be longer than an address may
    be."""
    name, origin = split_address(sender)
    user, domain = split_address(recipient.original or recipient.address)
    local = f"{name}{delimiters[0]}{user}"
    if domain:
        local += f"{delimiters[1]}{domain}"
    personal = f"{local}@{origin}" if origin else local
    return personal if len(personal) <= MAX_ADDRESS else sender


def personal(envelope: Envelope) -> Envelope:
    """The envelope of the copy for its only recipient."""
    (recipient,) = envelope.recipients
    sender = personal_sender(envelope.sender, recipient, envelope.verp)
    return structs.replace(envelope, sender=sender, verp="")
