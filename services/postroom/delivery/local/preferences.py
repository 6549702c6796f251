"""What main.cf has for some users instead of a mailbox file: a transport or a command."""

from postroom.delivery.local.settings import Settings
from postroom.tables import Maps


class Preferences:
    """By name of the user; a map counts more than the parameter for all. Raises TableError.

    Whoever writes to us chooses no part of a command or a transport.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._transports = Maps(settings.mailbox_transport_maps, constant=True)
        self._commands = Maps(settings.mailbox_command_maps, constant=True)
        self._fallbacks = Maps(settings.fallback_transport_maps, constant=True)

    async def transport(self, name: str) -> str:
        """mailbox_transport: for everybody, users of the machine or not."""
        return await self._transports.find(name) or self._settings.mailbox_transport

    async def fallback(self, name: str) -> str:
        """fallback_transport: for those who are no users of the machine."""
        return await self._fallbacks.find(name) or self._settings.fallback_transport

    async def command(self, name: str) -> str:
        """mailbox_command, instead of writing to a file."""
        return await self._commands.find(name) or self._settings.mailbox_command
