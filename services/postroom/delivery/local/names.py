"""Local parts as local(8) takes them apart: user and extension, and names that have none."""

from postroom.delivery.local.settings import Settings
from postroom.mail.address import Extensions


def split_name(local: str, settings: Settings) -> tuple[str, str]:
    """User and extension, the latter with its delimiter."""
    return Extensions(settings.recipient_delimiter, settings.owner_request_special).split(local)
