"""Addresses as local(8) takes them apart: user and extension, and names that have none."""

from typing import NamedTuple

from postroom.delivery.local.settings import Settings
from postroom.mail.address import Extensions, split_address, unquote


class Name(NamedTuple):
    """``extension`` is with its delimiter; ``local`` is both, without the quotes of RFC 5321.

    ``illegal`` is what was written where that had an extension of which none may be: with a slash
    in it, whoever writes to us would choose among files (postconf(5), forward_path).
    """

    local: str
    domain: str
    user: str
    extension: str
    illegal: str = ""


def name_of(address: str, settings: Settings) -> Name:
    """In lower case: however it was written, it is the same mailbox, file and program."""
    local, domain = split_address(address.lower())
    local = unquote(local)
    extensions = Extensions(settings.recipient_delimiter, settings.owner_request_special)
    user, extension = extensions.split(local)
    if "/" in extension[1:]:
        return Name(user, domain, user, "", illegal=local)
    return Name(local, domain, user, extension)
