"""What $user, $home and so on mean in forward_path, luser_relay, command_execution_directory."""

from postroom.delivery.local.names import name_of
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User


def macros(settings: Settings, address: str, user: User | None) -> dict[str, str]:
    """Those that have a value (local(8)): who is no user has neither home nor shell."""
    local, domain, name, extension, _ = name_of(address, settings)
    values = {
        "user": user.name if user else name,
        "local": local,
        "mailbox": local,
        "domain": domain,
        "recipient": address,
        "recipient_delimiter": extension[:1] or settings.recipient_delimiter[:1],
    }
    if extension:
        values["extension"] = extension[1:]
    return values | {"home": user.home, "shell": user.shell} if user else values
