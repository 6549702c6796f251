"""Users and lists of one machine, and what an expansion has done for them."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import structs

from configured import configured
from postroom.contracts.rewrite import AddressClass, Resolve, Resolved, Route, TryAgain
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.aliases import Aliases
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.expansion import Expansion, Sources
from postroom.delivery.local.forward_paths import ForwardPaths
from postroom.delivery.local.forwarding import Forwarded
from postroom.delivery.local.lists import Members, NoList
from postroom.delivery.local.parts import Part, worst
from postroom.delivery.local.progress import Key
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User, Users
from postroom.delivery.local.ways import Ways
from postroom.mail.envelope import Recipient
from postroom.tables.match_list import DomainList

SENT = Result("2.0.0", "ok")


LATER = Result("4.2.0", "not now")


_MAIN_CF = """
myhostname = mail.here.test
mydestination = here.test
myorigin = here.test
alias_maps =
recipient_delimiter = +
"""


@cache
def _defaults() -> Settings:
    limits = {"process_limit": 0, "destination_concurrency_limit": 2}
    return configured(Settings, _MAIN_CF, service_name="local", **limits)


def settings(**changes: object) -> Settings:
    return structs.replace(_defaults(), **changes)


class Recorder:
    """A mailman, and the messages that go elsewhere; only notes down what there is to do.

    ``forwards`` are .forward files by user; what a mailbox or command in ``full`` gets waits.
    """

    def __init__(self, full: Sequence[str] = (), **forwards: str) -> None:
        self.calls: list[str] = []
        self.paths: list[str] = []
        self.full = full
        self._forwards = forwards
        self._copies: list[Copy] = []

    def _part(self, copy: Copy, place: str) -> Part:
        return Part(copy.recipient, LATER if place in self.full else SENT)

    async def to_mailbox(self, copy: Copy, user: User, paths: Sequence[str] = ()) -> Part:
        self.paths += paths
        forward = self._forwards.get(user.name, "") if paths else ""
        if forward:
            return Part(copy.recipient, Result("2.0.0", "", forward))
        self.calls.append(f"mailbox {user.name} from {copy.sender}")
        return self._part(copy, user.name)

    def warn(self, text: str) -> None:
        self.calls.append(f"warn {text}")

    async def to_nobody(self, copy: Copy, name: str) -> Part | None:
        return None

    async def to_file(self, copy: Copy, path: str, identity: Identity) -> Part:
        self.calls.append(f"file {path} as {identity.uid}")
        return self._part(copy, path)

    async def to_command(
        self, copy: Copy, command: str, identity: Identity, _: User | None
    ) -> Part:
        self.calls.append(f"command {command} as {identity.uid}")
        return self._part(copy, command)

    def add(self, copy: Copy) -> None:
        self.calls.append(f"forward {copy.recipient.address} from {copy.sender}")
        self._copies.append(copy)

    async def send(self) -> list[Forwarded]:
        copies, self._copies = self._copies, []
        return [Forwarded(copies, Part(copies[0].recipient, SENT))] if copies else []


class Shelf:
    """Lists by path, with their owner's uid."""

    def __init__(self, lists: Mapping[str, Members]) -> None:
        self._lists = lists
        self.readers: list[Identity | None] = []

    async def read(self, path: str, identity: Identity | None) -> Members:
        self.readers.append(identity)
        if path not in self._lists:
            raise NoList(Result("5.3.5", f"no {path}"))
        return self._lists[path]


class Routes:
    """A trivial-rewrite that knows transports by address, ``local`` besides; or does not answer."""

    def __init__(self, transports: Mapping[str, str], failure: str = "") -> None:
        self._transports = transports
        self._failure = failure
        self.asked: list[str] = []

    async def ask(self, question: Resolve) -> Resolved | TryAgain:
        (address,) = question.addresses
        self.asked.append(address)
        if self._failure:
            return TryAgain(self._failure)
        transport = self._transports.get(address, "local")
        return Resolved((Route(transport, "here.test", address, AddressClass.LOCAL),))


def known(name: str) -> User | None:
    uids = {"alice": 1001, "bob": 1002, "root": 0}
    uid = uids.get(name.lower())
    if uid is None:
        return None
    return User(name.lower(), f"/home/{name.lower()}", "/bin/sh", Identity(uid, uid))


def expansion_of(
    tables: Sequence[str],
    recorder: Recorder,
    shelf: Shelf | None = None,
    done: frozenset[Key] = frozenset(),
    routes: Any = None,
    **changes: object,
) -> Expansion:
    household = settings(**changes)
    domains = DomainList(("here.test",), parents=False)
    lists: Any = shelf or Shelf({})
    ways = Ways(household, routes or Routes({}))
    sources = Sources(Aliases(tables), domains, ways, Users(known), ForwardPaths(household), lists)
    fake: Any = recorder
    return Expansion(household, sources, fake, fake, done)


def expand(
    address: str,
    aliases: dict[str, str],
    mailman: Recorder | None = None,
    shelf: Shelf | None = None,
    routes: Any = None,
    **changes: object,
) -> tuple[list[str], Result]:
    mailman = mailman or Recorder()
    entries = ", ".join(f"{{ {key} = {value} }}" for key, value in aliases.items())
    tables = (f"inline:{{ {entries} }}",) if aliases else ()
    one = expansion_of(tables, mailman, shelf, routes=routes, **changes)
    parts = asyncio.run(one.deliver(Copy(0, Recipient(address), "s@x.test")))
    return mailman.calls, worst(parts)
