"""Find a recipient's mailbox and its owner in the tables of virtual(8)."""

import posixpath
from typing import NamedTuple

from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.virtual.settings import Settings
from postroom.mail.address import Extensions
from postroom.rewriting.address_keys import first_found, user_keys
from postroom.tables import Maps


class Mailbox(NamedTuple):
    """Where, and with whose rights; a Maildir's path ends in a slash."""

    path: str
    owner: Identity


class Misconfigured(Exception):
    """The tables contradict themselves: the mail waits until the admin has seen it."""


class Mailboxes:
    """``find`` raises tables.TableError where a table cannot be read.

    Whoever writes to us chooses neither file nor owner: no part of an address becomes one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._extensions = Extensions(settings.recipient_delimiter, settings.owner_request_special)
        self._mailboxes = Maps(settings.virtual_mailbox_maps, constant=True)
        self._uids = Maps(settings.virtual_uid_maps, constant=True)
        self._gids = Maps(settings.virtual_gid_maps, constant=True)

    async def find(self, address: str) -> Mailbox | None:
        """None where nobody has this address; raises Misconfigured."""
        name = await self._found(self._mailboxes, address)
        if name is None:
            return None
        uid = await self._number(self._uids, address, self._settings.virtual_minimum_uid)
        gid = await self._number(self._gids, address, 1)
        return Mailbox(self._path(name), Identity(uid, gid))

    def _path(self, name: str) -> str:
        if ".." in name.split("/"):
            raise Misconfigured(f"mailbox {name} leads out of virtual_mailbox_base")
        base = self._settings.virtual_mailbox_base
        path = f"{base.rstrip('/')}/{name.lstrip('/')}" if base else name
        if not posixpath.isabs(path):
            raise Misconfigured(f"mailbox {path} is no absolute path")
        return path

    async def _number(self, maps: Maps, address: str, minimum: int) -> int:
        value = await self._found(maps, address)
        if value is None or not value.isdecimal():
            raise Misconfigured(f"recipient {address}: no uid or gid found in the maps")
        if int(value) < minimum:
            raise Misconfigured(f"recipient {address}: bad uid or gid {value}")
        return int(value)

    async def _found(self, maps: Maps, address: str) -> str | None:
        """virtual(8): the address in lower case, without its extension, then ``@domain``.

        Tables of patterns are asked for the whole address alone.
        """
        keys = user_keys(address.lower(), self._extensions, ours=False)
        found = await first_found(maps, keys)
        return None if found is None else found.value
