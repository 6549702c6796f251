"""Find the recipients of ``sendmail -t`` in the header of a message."""

from postroom.mail.address_list import mailboxes
from postroom.mail.header import decode, scan

# Postfix looks no further into a header either (header_size_limit's order of magnitude); a
# list of recipients that is longer belongs on the command line.
MAX_HEADER = 1024 * 1024
_RECIPIENT_FIELDS = (b"to", b"cc", b"bcc")
_RESENT_FIELDS = (b"resent-to", b"resent-cc", b"resent-bcc")


def header_recipients(head: bytes) -> list[str]:
    """Addresses in To, Cc and Bcc; those of a resent message only in its Resent- fields
    (RFC 5322 section 3.6.6). ``head`` is how the message starts, lines end in LF or CRLF."""
    content = head.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    header = scan(content)
    names = {field.name for field in header.fields}
    wanted = _RESENT_FIELDS if names.intersection(_RESENT_FIELDS) else _RECIPIENT_FIELDS
    return [
        mailbox.address
        for field in header.fields
        if field.name in wanted
        for mailbox in mailboxes(decode(field.body(content)))
        if mailbox.address
    ]
