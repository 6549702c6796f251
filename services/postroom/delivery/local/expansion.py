"""Follow one recipient through aliases and .forward files to where the message goes."""

import asyncio
import errno
import os
from collections.abc import Awaitable
from typing import NamedTuple

from postroom.config.expansion import ExpansionError
from postroom.config.macros import expand
from postroom.delivery.impersonation.identity import UnknownUser
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.aliases import Alias, Aliases
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.files_and_commands import MAX_NAME, put
from postroom.delivery.local.forward_paths import ForwardPaths
from postroom.delivery.local.forwarding import Forwarding
from postroom.delivery.local.lists import Lists, NoList
from postroom.delivery.local.macros import macros
from postroom.delivery.local.mailman import Mailman
from postroom.delivery.local.names import name_of
from postroom.delivery.local.parts import Part
from postroom.delivery.local.progress import Key
from postroom.delivery.local.reached import Reached, address_of
from postroom.delivery.local.rights import Rights, rights_of_forward, rights_of_table
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.targets import Kind, Target, has_targets, parse_targets
from postroom.delivery.local.users import User, Users
from postroom.delivery.local.ways import Unresolved, Ways
from postroom.mail.address import completed, split_address
from postroom.mail.envelope import MAX_ADDRESS
from postroom.mail.status import Reach
from postroom.maillog.record import printable
from postroom.tables import TableError
from postroom.tables.match_list import DomainList

# Sendmail's and Postfix's alias chains end here; a longer one is a mistake or an attack.
MAX_DEPTH = 100
# Whom every machine has (RFC 5321, section 4.5.1; aliases(5)); what is written to them unread is
# often an answer to a bounce, and must not become another.
REQUIRED = ("mailer-daemon", "postmaster")
# One message's destinations on this machine, whatever lists include which lists.
MAX_TARGETS = 50_000
# Characters of a list that are read while everybody's mail waits.
MAX_AT_ONCE = 4096


class Sources(NamedTuple):
    """Where it is looked up who somebody is."""

    aliases: Aliases
    local_domains: DomainList
    ways: Ways
    users: Users
    forward_paths: ForwardPaths
    lists: Lists


class Expansion:
    """One recipient's expansion; keeps what was visited, so that no loop goes round twice.

    ``done`` are the destinations that the message has reached, at earlier attempts too;
    ``expanded`` says how far the message has come with being expanded, None if it was not.
    """

    def __init__(
        self,
        settings: Settings,
        sources: Sources,
        mailman: Mailman,
        forwarding: Forwarding,
        done: frozenset[Key] = frozenset(),
    ) -> None:
        self.expanded: Reach | None = None
        self._settings = settings
        self._sources = sources
        self._mailman = mailman
        self._forwarding = forwarding
        self._reached = Reached(done)
        self._visited: set[Key] = set()
        # Aliases and .forward files that lead to where we are: their own names lead further.
        self._expanding: list[str] = []
        self._opened: set[str] = set()
        self._count = 0

    @property
    def done(self) -> frozenset[Key]:
        """What the message has reached by now."""
        return frozenset(self._reached.done)

    async def deliver(self, copy: Copy) -> list[Part]:
        """The parts this copy became, each with its result; temporary table trouble included."""
        try:
            parts = await self._to_address(copy, depth=0)
        except TableError as error:
            self._mailman.warn(str(error))
            return [Part(copy.recipient, Result("4.3.0", "alias database unavailable"))]
        except ExpansionError as error:
            self._mailman.warn(str(error))
            return [Part(copy.recipient, Result("4.3.5", "mail system configuration error"))]
        except Unresolved as error:
            self._mailman.warn(f"address resolver failure: {error}")
            return [Part(copy.recipient, Result("4.3.0", "address resolver failure"))]
        for copies, part in await self._forwarding.send():
            parts.append(part)
            self._reached.note(part, *(address_of(each) for each in copies))
        if not parts and not self._reached.done:
            return [Part(copy.recipient, Result("2.0.0", "list has no members"))]
        return parts

    async def _to_address(self, copy: Copy, depth: int) -> list[Part]:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_TARGETS:
            text = f"possible alias database loop for {copy.recipient.address}"
            return [Part(copy.recipient, Result("5.4.6", text))]
        # Who is in the request is ours in any case: a transport map or best_mx_transport may
        # have given us a domain that no list of ours has.
        if depth and await self._leads_elsewhere(copy):
            return self._forward(copy)
        local, _, name, extension, illegal = name_of(copy.recipient.address, self._settings)
        if illegal:
            self._mailman.warn(f"address with illegal extension: {illegal}")
        for key in dict.fromkeys((local, name)):
            alias = None if key in self._expanding else await self._sources.aliases.find(key)
            if alias is not None:
                rest = extension if key != local else ""
                return await self._to_alias(copy, alias, rest, depth)
        if copy.is_for_others() and name not in self._opened:
            return self._forward(copy)
        return await self._to_user(copy, name, extension, depth)

    async def _leads_elsewhere(self, copy: Copy) -> bool:
        address = copy.recipient.address
        _, domain = split_address(address)
        if domain and not await self._sources.local_domains.holds(domain):
            return True
        return await self._sources.ways.lead_elsewhere(copy.sender, address)

    def _first_visit(self, *what: str) -> bool:
        new = what not in self._visited
        self._visited.add(what)
        return new

    def _forward(self, copy: Copy) -> list[Part]:
        """Its part is made with the messages, in the end."""
        if self._reached.begin(address_of(copy)):
            self._forwarding.add(copy)
        return []

    async def _once(self, copy: Copy, destination: Key, delivery: Awaitable[Part]) -> list[Part]:
        part = (await delivery)._replace(owner=copy.owner)
        self._reached.note(part, destination)
        return [part]

    async def _to_alias(self, copy: Copy, alias: Alias, extension: str, depth: int) -> list[Part]:
        if not self._first_visit("alias", alias.key):
            return []
        if not has_targets(alias.value):
            raise TableError(f"no recipient in alias lookup result for {alias.key}")
        owner = await self._owner(copy, alias.key)
        copy = self._expanded(copy, Reach.DELIVERED if owner else Reach.EXPANDED)
        if owner:
            copy = copy.owned_by(owner)
        elif self._settings.reset_owner_alias:
            copy = copy._replace(forwarder="")
        copy = copy._replace(extension=self._handed_on("alias", extension))
        try:
            rights = rights_of_table(alias.owner)
        except UnknownUser as error:
            text = f"cannot find the owner of the alias database: {error}"
            return [Part(copy.recipient, Result("4.3.0", text))]
        self._expanding.append(alias.key)
        parts = await self._to_targets(copy, alias.value, rights, depth + 1)
        self._expanding.pop()
        return parts

    def _expanded(self, copy: Copy, reach: Reach) -> Copy:
        """A list with an owner is where a message was to go (RFC 3461 section 5.2.7.3); what it
        is expanded to later on the way is no concern of the sender's."""
        if self.expanded is None:
            self.expanded = reach
        return copy.expanded()

    async def _owner(self, copy: Copy, key: str) -> str:
        """Who hears of a list's failures, or nothing (aliases(5), owner-name)."""
        special = self._settings.owner_request_special
        alias = await self._sources.aliases.find(f"owner-{key}") if special else None
        if alias is None:
            return ""
        if self._settings.expand_owner_alias:
            targets = parse_targets(alias.value)
            if len(targets) == 1 and targets[0].kind is Kind.ADDRESS:
                return self._completed(targets[0].text)
        _, domain = split_address(copy.recipient.address)
        return f"owner-{key}@{domain.lower() or self._settings.myorigin}"

    def _handed_on(self, origin: str, extension: str) -> str:
        """What of an address the members of a list get (propagate_unmatched_extensions)."""
        return extension if origin in self._settings.propagate_unmatched_extensions else ""

    async def _to_user(self, copy: Copy, name: str, extension: str, depth: int) -> list[Part]:
        user = await self._sources.users.find(name)
        if user is None:
            # An alias that names itself means the user; one that others lead back to, nobody.
            if name in self._expanding[:-1]:
                text = f"mail forwarding loop for {copy.recipient.address}"
                return [Part(copy.recipient, Result("5.4.6", text))]
            return await self._to_nobody(copy, name, depth)
        if user.name.lower() in self._opened:
            return await self._to_mailbox(copy, user)
        whole, mailbox = ("user", user.name), ("mailbox", user.name)
        if not self._reached.begin(whole):
            return []
        paths = self._sources.forward_paths.of(copy.recipient.address, user)
        part = await self._mailman.to_mailbox(copy, user, tuple(paths))
        if part.result.forward:
            rest = "" if paths.get(part.result.text) else extension
            return await self._to_forward(copy, user, part.result.forward, rest, depth)
        self._reached.begin(mailbox)
        self._reached.note(part, whole, mailbox)
        return [part]

    async def _to_forward(
        self, copy: Copy, user: User, text: str, extension: str, depth: int
    ) -> list[Part]:
        """Where the user's .forward file says; the user's own name in it is the mailbox."""
        members = self._expanded(copy, Reach.EXPANDED).by(copy.recipient.address)
        members = members._replace(extension=self._handed_on("forward", extension))
        self._opened.add(user.name.lower())
        parts = await self._to_targets(members, text, rights_of_forward(user), depth + 1)
        self._opened.remove(user.name.lower())
        return parts

    async def _to_mailbox(self, copy: Copy, user: User) -> list[Part]:
        """The mailbox itself, whatever the user's .forward says."""
        mailbox = ("mailbox", user.name)
        if not self._reached.begin(mailbox):
            return []
        return await self._once(copy, mailbox, self._mailman.to_mailbox(copy, user))

    async def _to_nobody(self, copy: Copy, name: str, depth: int) -> list[Part]:
        passed = await self._mailman.to_nobody(copy, name)
        if passed is not None:
            return [passed]
        relay = self._settings.luser_relay
        if relay and self._first_visit("luser", name):
            address = expand(relay, macros(self._settings, copy.recipient.address, None))
            return await self._to_member(copy._replace(extension=""), address, depth + 1)
        if name in REQUIRED:
            self._mailman.warn(f"required alias not found: {name}")
            return [Part(copy.recipient, Result("2.0.0", "discarded"))]
        return [Part(copy.recipient, Result("5.1.1", f'unknown user: "{name}"'))]

    async def _to_targets(self, copy: Copy, text: str, rights: Rights, depth: int) -> list[Part]:
        if len(text) < MAX_AT_ONCE:
            targets = parse_targets(text)
        else:
            targets = await asyncio.to_thread(parse_targets, text)
        parts: list[Part] = []
        for target in targets:
            parts += await self._to_target(copy, target, rights, depth)
        return parts

    async def _to_member(self, copy: Copy, address: str, depth: int) -> list[Part]:
        try:
            if address.endswith("@"):
                raise ValueError(address)
            if self._is_a_way(address):
                return self._forward(copy.to(address))
            member = copy.to(self._completed(address))
        except ValueError:
            text = f"bad recipient address syntax: {printable(address[:MAX_ADDRESS])}"
            return [Part(copy.recipient, Result("5.1.3", text))]
        return await self._to_address(member, depth)

    def _is_a_way(self, address: str) -> bool:
        """``user%site`` and ``site!user`` mean another address, which cleanup finds out."""
        local, _ = split_address(address)
        settings = self._settings
        return (settings.swap_bangpath and "!" in local) or (
            settings.allow_percent_hack and "%" in local
        )

    async def _to_target(
        self, copy: Copy, target: Target, rights: Rights, depth: int
    ) -> list[Part]:
        match target.kind:
            case Kind.ADDRESS:
                return await self._to_member(copy, target.text, depth)
            case Kind.MAILBOX:
                user = await self._sources.users.find(target.text.partition("@")[0])
                if user is None:
                    return await self._to_nobody(copy, target.text.lower(), depth)
                plain = copy._replace(extension="")
                return await self._to_mailbox(plain.to(self._completed(user.name)), user)
            case Kind.INCLUDE:
                return await self._to_list(copy, target.text, rights, depth)
            case Kind.HOME:
                if rights.user is None or not target.text.startswith("~/"):
                    return self._misconfigured(copy, f"{target.text} is at nobody's home")
                path = f"{rights.user.home}{target.text[1:]}"
                return await self._to_target(copy, Target(Kind.FILE, path), rights, depth)
            case Kind.FILE | Kind.COMMAND:
                owner = rights.user.name if rights.user else ""
                place = (target.kind.name, owner, target.text)
                if not self._reached.begin(place):
                    return []
                delivery = put(self._settings, self._mailman, copy, target, rights)
                return await self._once(copy, place, delivery)

    def _completed(self, address: str) -> str:
        """A bare name is at myorigin, as trivial-rewrite would say."""
        return completed(address, self._settings.myorigin)

    async def _to_list(self, copy: Copy, path: str, rights: Rights, depth: int) -> list[Part]:
        """Its members get messages of their own; a list of a user's has that user's rights."""
        if not self._first_visit("include", path):
            return []
        if not path.startswith("/"):
            return self._misconfigured(copy, f":include:{path} is no path from the root")
        if len(path) > MAX_NAME:
            text = f"unable to lookup :include: file {path}: {os.strerror(errno.ENAMETOOLONG)}"
            return self._misconfigured(copy, text)
        try:
            members = await self._sources.lists.read(path, rights.identity)
            if rights.identity is None and rights.user is None:
                rights = rights_of_table(members.owner)
        except NoList as error:
            return self._misconfigured(copy, error.result.text, error.result.code)
        except UnknownUser as error:
            text = f"cannot find the owner of :include: file {path}: {error}"
            return self._misconfigured(copy, text, "4.3.0")
        inner = copy.by(copy.recipient.address)
        inner = inner._replace(extension=self._handed_on("include", copy.extension))
        rights = rights._replace(origin="include")
        return await self._to_targets(inner, members.text, rights, depth + 1)

    def _misconfigured(self, copy: Copy, why: str, code: str = "5.3.5") -> list[Part]:
        """The log says what the sender need not know."""
        self._mailman.warn(why)
        return [Part(copy.recipient, Result(code, "mail system configuration error"))]
