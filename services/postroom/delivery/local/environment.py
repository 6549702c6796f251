"""What a user's command learns about the message: by its environment, never by its command line."""

from postroom.delivery.environment import exported
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User
from postroom.mail.address import split_address, split_extension
from postroom.mail.envelope import Envelope, Recipient


def command_environment(
    settings: Settings, envelope: Envelope, sender: str, recipient: Recipient, user: User
) -> dict[str, str]:
    """local(8)'s variables; characters outside ``command_expansion_filter`` become ``_``."""
    local, domain = split_address(recipient.address)
    name, extension = split_extension(local, settings.recipient_delimiter)
    told = {
        "SENDER": sender,
        "RECIPIENT": recipient.address,
        "ORIGINAL_RECIPIENT": recipient.original or recipient.address,
        "LOCAL": local,
        "DOMAIN": domain,
        "EXTENSION": extension[1:],
        "USER": name,
        **_client(envelope),
    }
    allowed = frozenset(settings.command_expansion_filter)
    filtered = {
        key: "".join(character if character in allowed else "_" for character in value)
        for key, value in told.items()
    }
    return {
        **exported(settings.export_environment),
        **filtered,
        "LOGNAME": user.name,
        "HOME": user.home,
        "SHELL": user.shell,
    }


def _client(envelope: Envelope) -> dict[str, str]:
    client = envelope.client
    if client is None:
        return {}
    return {
        "CLIENT_ADDRESS": client.address,
        "CLIENT_HELO": client.helo,
        "CLIENT_HOSTNAME": client.name,
        "CLIENT_PROTOCOL": client.protocol,
        "SASL_METHOD": client.sasl_method,
        "SASL_USERNAME": client.sasl_username,
    }
