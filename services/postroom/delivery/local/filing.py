"""How mailboxes are written by local, as main.cf says."""

from postroom.delivery.impersonation.tasks import Locking
from postroom.delivery.local.settings import Settings
from postroom.delivery.mailbox.filing import Filing


def filing_of(settings: Settings) -> Filing:
    """Of all mailboxes, files in aliases and .forward files included."""
    dotlock_alone = settings.sun_mailtool_compatibility
    locking = Locking(
        ("dotlock",) if dotlock_alone else settings.mailbox_delivery_lock,
        settings.deliver_lock_attempts,
        settings.deliver_lock_delay,
        settings.stale_lock_time,
    )
    return Filing(
        locking,
        settings.enable_original_recipient,
        settings.myhostname,
        "cannot update mailbox {path} for user {user}. ",
        settings.strict_mailbox_ownership,
    )
