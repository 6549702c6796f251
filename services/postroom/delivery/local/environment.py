"""What a user's command learns about the message: by its environment, never by its command line."""

from collections.abc import Mapping

from postroom.config.environment import exported
from postroom.config.macros import filtered
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.names import name_of
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User
from postroom.mail.envelope import Client, Envelope


def command_environment(
    settings: Settings, envelope: Envelope, copy: Copy, user: User | None
) -> dict[str, str]:
    """local(8)'s variables, those that have a value; no character that a shell might act on.

    The null sender is told, too: no command may answer a bounce.
    """
    told = _about_message(settings, envelope, copy)
    values = filtered({"SENDER": copy.sender, **told}, settings.command_expansion_filter)
    values |= _about_user(user) if user else {}
    return {
        **exported(settings.export_environment),
        **{key: value for key, value in values.items() if value or key == "SENDER"},
    }


def _about_message(settings: Settings, envelope: Envelope, copy: Copy) -> Mapping[str, str]:
    recipient = copy.recipient
    local, domain, name, extension, _ = name_of(recipient.address, settings)
    return {
        "RECIPIENT": recipient.address,
        "ORIGINAL_RECIPIENT": recipient.original or recipient.address,
        "LOCAL": local,
        "DOMAIN": domain,
        "EXTENSION": extension[1:],
        "USER": name,
        "LOGNAME": name,
        **_about_client(envelope),
    }


def _about_user(user: User) -> Mapping[str, str]:
    return {"USER": user.name, "LOGNAME": user.name, "HOME": user.home, "SHELL": user.shell}


def _about_client(envelope: Envelope) -> Mapping[str, str]:
    client, upstream = envelope.client or Client(), envelope.upstream
    if upstream is None:
        return {}
    return {
        "CLIENT_ADDRESS": upstream.address,
        "CLIENT_HELO": upstream.helo,
        "CLIENT_HOSTNAME": upstream.name,
        "CLIENT_PROTOCOL": upstream.protocol,
        "SASL_METHOD": client.sasl_method,
        "SASL_SENDER": client.sasl_sender,
        "SASL_USERNAME": client.sasl_username,
    }
