"""Follow one recipient through aliases and .forward files to where the message goes."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

from postroom.delivery.impersonation.identity import Identity, UnknownUser, named
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.mailman import Mailman
from postroom.delivery.local.parts import Part
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.targets import Kind, Target, parse_targets
from postroom.delivery.local.users import User, Users
from postroom.delivery.macros import expand
from postroom.mail.address import split_address, split_extension, unquote
from postroom.mail.status import Reach
from postroom.tables import Maps, TableError
from postroom.tables.match_list import DomainList

# Sendmail's and Postfix's alias chains end here; a longer one is a mistake or an attack.
MAX_DEPTH = 100
# One message's destinations on this machine, whatever lists include which lists.
MAX_TARGETS = 50_000
MAX_INCLUDE = 16 * 1024 * 1024


class Rights(NamedTuple):
    """With whose rights a list's files and commands work, and where the list was written."""

    identity: Identity | None
    user: User | None
    origin: str


class Expansion:
    """One recipient's expansion; keeps what was visited, so that no loop goes round twice.

    ``expanded`` says how far the message has come with that, None if it goes to a mailbox.
    """

    def __init__(
        self,
        settings: Settings,
        aliases: Maps,
        local_domains: DomainList,
        users: Users,
        mailman: Mailman,
    ) -> None:
        self._settings = settings
        self._aliases = aliases
        self._local_domains = local_domains
        self._users = users
        self._mailman = mailman
        self.expanded: Reach | None = None
        self._visited: set[tuple[str, str]] = set()
        self._reached: set[tuple[str, ...]] = set()
        self._forwarding: set[str] = set()
        self._count = 0

    async def deliver(self, copy: Copy) -> list[Part]:
        """The parts this copy became, each with its result; temporary table trouble included."""
        try:
            return await self._to_address(copy, depth=0)
        except TableError as error:
            return [Part(copy, Result("4.3.0", f"alias database unavailable: {error}"))]

    async def _to_address(self, copy: Copy, depth: int) -> list[Part]:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_TARGETS:
            text = f"possible alias database loop for {copy.recipient.address}"
            return [Part(copy, Result("5.4.6", text))]
        local, domain = split_address(copy.recipient.address)
        if domain and not self._local_domains.match(domain):
            again = self._reached_before("address", f"{local}@{domain.lower()}")
            return [] if again else [await self._mailman.forward(copy)]
        # aliases(5) and passwd(5) have names without the quotes of RFC 5321.
        local = unquote(local)
        name, extension = split_extension(local, self._settings.recipient_delimiter)
        for key in dict.fromkeys((local.lower(), name.lower())):
            if ("alias", key) not in self._visited:
                value = self._aliases.lookup(key)
                if value is not None:
                    self._visited.add(("alias", key))
                    return await self._to_alias(copy, key, value, depth)
        return await self._to_user(copy, name, extension[1:], depth)

    async def _to_alias(self, copy: Copy, key: str, value: str, depth: int) -> list[Part]:
        owner = self._aliases.lookup(f"owner-{key}")
        self._note_expansion(Reach.EXPANDED if owner is None else Reach.DELIVERED)
        copy = copy.expanded()
        if owner is not None:
            _, domain = split_address(copy.recipient.address)
            copy = copy.from_owner(f"owner-{key}@{domain}" if domain else f"owner-{key}")
        rights = Rights(None, None, "alias")
        return await self._to_targets(copy, parse_targets(value), rights, depth + 1)

    async def _to_user(self, copy: Copy, name: str, extension: str, depth: int) -> list[Part]:
        user = await self._users.find(name)
        if user is None:
            return await self._to_nobody(copy, name)
        if user.name in self._forwarding:
            return await self._to_mailbox(copy, user)
        if self._reached_before("user", user.name):
            return []
        paths = self._forward_paths(copy, user, extension)
        part = await self._mailman.to_mailbox(copy, user, paths)
        if not part.result.forward:
            self._reached.add(("mailbox", user.name))
            return [part]
        rights = Rights(user.identity, user, "forward")
        if user.is_root:
            # Nothing runs as root: what root's file names has the rights of default_privs.
            rights = Rights(None, None, "forward")
        self._note_expansion(Reach.EXPANDED)
        copy = copy.expanded()
        self._forwarding.add(user.name)
        parts = await self._to_targets(copy, parse_targets(part.result.forward), rights, depth + 1)
        self._forwarding.remove(user.name)
        return parts

    async def _to_mailbox(self, copy: Copy, user: User) -> list[Part]:
        """The mailbox itself, whatever the user's .forward says."""
        if self._reached_before("mailbox", user.name):
            return []
        return [await self._mailman.to_mailbox(copy, user)]

    def _note_expansion(self, reach: Reach) -> None:
        """A list with an owner is where a message was to go (RFC 3461 section 5.2.7.3); what is
        expanded later on the way is no concern of the sender's."""
        if self.expanded is None:
            self.expanded = reach

    def _reached_before(self, *destination: str) -> bool:
        """Whether this message is there already: who is named twice gets it once."""
        if destination in self._reached:
            return True
        self._reached.add(destination)
        return False

    async def _to_nobody(self, copy: Copy, name: str) -> list[Part]:
        relay = self._settings.luser_relay
        if relay and ("luser", name) not in self._visited:
            self._visited.add(("luser", name))
            address = expand(relay, _macros(copy.recipient.address, name, "", ""))
            return await self._to_address(copy.to(address), MAX_DEPTH - 1)
        return [Part(copy, Result("5.1.1", f'unknown user: "{name.lower()}"'))]

    def _forward_paths(self, copy: Copy, user: User, extension: str) -> list[str]:
        values = _macros(copy.recipient.address, user.name, extension, user.home)
        values["recipient_delimiter"] = self._settings.recipient_delimiter[:1]
        return [
            expand(template, values)
            for template in self._settings.forward_path
            if extension or "extension" not in template
        ]

    async def _to_targets(
        self, copy: Copy, targets: list[Target], rights: Rights, depth: int
    ) -> list[Part]:
        parts: list[Part] = []
        for target in targets:
            parts += await self._to_target(copy, target, rights, depth)
        return parts

    async def _to_target(
        self, copy: Copy, target: Target, rights: Rights, depth: int
    ) -> list[Part]:
        match target.kind:
            case Kind.ADDRESS:
                return await self._to_address(copy.to(self._completed(target.text)), depth)
            case Kind.MAILBOX:
                user = await self._users.find(target.text.partition("@")[0])
                if user is None:
                    return await self._to_nobody(copy, target.text)
                return await self._to_mailbox(copy, user)
            case Kind.INCLUDE:
                return await self._to_list(copy, target.text, rights, depth)
            case Kind.FILE | Kind.COMMAND:
                owner = rights.user.name if rights.user else ""
                if self._reached_before(target.kind.name, owner, target.text):
                    return []
                return [await self._with_rights(copy, target, rights)]

    def _completed(self, address: str) -> str:
        """A bare name is at myorigin, as trivial-rewrite would say."""
        return address if "@" in address else f"{address}@{self._settings.myorigin}"

    async def _with_rights(self, copy: Copy, target: Target, rights: Rights) -> Part:
        settings = self._settings
        is_file = target.kind is Kind.FILE
        allowed = settings.allow_mail_to_files if is_file else settings.allow_mail_to_commands
        if rights.origin not in allowed:
            what = "file" if is_file else "command"
            return Part(copy, Result("5.7.1", f"mail to {what} is restricted"))
        try:
            identity = rights.identity or named(settings.default_privs)
        except UnknownUser:
            text = f"unknown default_privs user: {settings.default_privs}"
            return Part(copy, Result("4.3.5", text))
        if is_file:
            return await self._mailman.to_file(copy, target.text, identity)
        return await self._mailman.to_command(copy, target.text, identity, rights.user)

    async def _to_list(self, copy: Copy, path: str, rights: Rights, depth: int) -> list[Part]:
        if rights.origin != "alias" or ("include", path) in self._visited:
            text = f"mail to include file {path} is restricted"
            return [Part(copy, Result("5.7.1", text))]
        self._visited.add(("include", path))
        try:
            text = await asyncio.to_thread(_read_list, path)
        except OSError as error:
            reason = f"cannot open include file {path}: {os.strerror(error.errno or 0)}"
            return [Part(copy, Result("4.2.0", reason))]
        inner = rights._replace(origin="include")
        return await self._to_targets(copy, parse_targets(text), inner, depth + 1)


def _macros(address: str, user: str, extension: str, home: str) -> dict[str, str]:
    local, domain = split_address(address)
    return {
        "user": user,
        "home": home,
        "extension": extension,
        "local": local,
        "domain": domain,
        "recipient": address,
    }


def _read_list(path: str) -> str:
    """A list is read with the agent's own rights, which are nobody's in particular."""
    with Path(path).open("rb") as file:
        return file.read(MAX_INCLUDE).decode("utf-8", "replace")
