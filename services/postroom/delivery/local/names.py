"""Local parts as local(8) takes them apart: user and extension, and names that have none."""

from postroom.delivery.local.settings import Settings
from postroom.mail.address import split_extension


def split_name(local: str, settings: Settings) -> tuple[str, str]:
    """User and extension, the latter with its delimiter.

    With ``-`` for a delimiter, owner-list and list-request are names of lists all the same
    (postconf(5), owner_request_special).
    """
    if settings.owner_request_special and _is_of_list(local.lower()):
        return local, ""
    return split_extension(local, settings.recipient_delimiter)


def _is_of_list(local: str) -> bool:
    return local.startswith("owner-") or local.endswith("-request")
