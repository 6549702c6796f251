"""The components that smtpd asks, made up."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from postroom.contracts import cleanup, dns, milter, policy_client, proxymap, rewrite, showq, verify
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueIdAllocator
from postroom.reception.smtpd.wiring import Peers
from postroom.systemd.activity import Activity

CLASSES = {
    "example.com": rewrite.AddressClass.LOCAL,
    "alias.example": rewrite.AddressClass.VIRTUAL_ALIAS,
    "mailbox.example": rewrite.AddressClass.VIRTUAL_MAILBOX,
    "relay.example": rewrite.AddressClass.RELAY,
}
USERS = "hash:/users"


class World:
    """The peers: what they know, and what they were given."""

    def __init__(self) -> None:
        self.mail: list[tuple[str, Envelope, bytes]] = []
        self.abandoned: list[str] = []
        self.outcome: Callable[[str], Any] = cleanup.Queued
        self.tables: dict[str, dict[str, str]] = {USERS: {"user": "x", "other": "x"}}
        self.names: dict[tuple[str, str], tuple[str, ...]] = {}
        self.objections: dict[type[Question[Any]], Any] = {}
        self.filters: list[str] = []
        self.action = "DUNNO"
        self.found = [verify.Verified(verify.State.DELIVERABLE, "")]
        self.down: set[str] = set()
        self.asked: list[Question[Any]] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self._ids = QueueIdAllocator(0)
        self._open: dict[str, tuple[Envelope, list[bytes]]] = {}

    async def cleanup(self, question: Question[Any], _: list[int]) -> Any:
        self._note("cleanup", question)
        match question:
            case cleanup.LeaseIds():
                return self._ids.lease(16, time.time())
            case cleanup.Submit(queue_id, envelope, content, _, filters):
                self.filters.append(filters)
                return await self._take(queue_id, envelope, content)
            case cleanup.Begin(queue_id, envelope, _, filters):
                self.filters.append(filters)
                self._open[queue_id] = (envelope, [])
            case cleanup.Chunk(queue_id, data):
                await self.hold.wait()
                self._open[queue_id][1].append(data)
            case cleanup.End(queue_id):
                envelope, pieces = self._open.pop(queue_id)
                return await self._take(queue_id, envelope, b"".join(pieces))
            case cleanup.Abandon(queue_id):
                self.abandoned.append(queue_id)
        return cleanup.Ready()

    async def _take(self, queue_id: str, envelope: Envelope, content: bytes) -> Any:
        await self.hold.wait()
        answer = self.outcome(queue_id)
        if isinstance(answer, cleanup.Queued):
            self.mail.append((queue_id, envelope, content))
        return answer

    async def rewrite(self, question: Question[Any], _: list[int]) -> Any:
        self._note("rewrite", question)
        match question:
            case rewrite.Rewrite(_, addresses):
                return rewrite.Rewritten(tuple(f"{one}@example.com" for one in addresses))
            case rewrite.Resolve(sender, addresses):
                routes = (_route(one) for one in addresses)
                hop = WAYS.get(sender)
                if hop:
                    routes = (
                        structs.replace(one, transport=hop[0], nexthop=hop[1]) for one in routes
                    )
                return rewrite.Resolved(tuple(routes))

    async def proxymap(self, question: Question[Any], _: list[int]) -> Any:
        self._note("proxymap", question)
        assert isinstance(question, proxymap.Lookup)
        table = self.tables.get(question.table)
        if question.table.startswith("regexp:{{"):
            return proxymap.NotFound()
        if table is None:
            return proxymap.TryAgain("no such table")
        value = table.get(question.key)
        return proxymap.NotFound() if value is None else proxymap.Found(value)

    async def dns(self, question: Question[Any], _: list[int]) -> Any:
        self._note("dns", question)
        assert isinstance(question, dns.Lookup)
        if question.name.startswith("unsure"):
            return dns.TryAgain("SERVFAIL")
        data = self.names.get((question.name, question.record.value))
        if data is None:
            return dns.NoSuchName()
        records = [dns.Record(one, number) for number, one in enumerate(data)]
        return dns.Answer(tuple(records), 60)

    async def showq(self, question: Question[Any], _: list[int]) -> Any:
        self._note("showq", question)
        return cleanup.Ready()

    async def milter(self, question: Question[Any], _: list[int]) -> Any:
        """The filters object to what ``objections`` has for a kind of question."""
        self._note("milter", question)
        if isinstance(question, milter.Open) and milter.Open not in self.objections:
            return milter.Opened("0" * 32, ("helo", "mail", "rcpt", "data", "unknown"))
        return self.objections.get(type(question), milter.Proceed())

    async def policy(self, question: Question[Any], _: list[int]) -> Any:
        self._note("policy", question)
        return policy_client.Action(self.action)

    async def verify(self, question: Question[Any], _: list[int]) -> Any:
        """As ``found`` has it, whatever the address is."""
        self._note("verify", question)
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]

    def _note(self, peer: str, question: Question[Any]) -> None:
        self.asked.append(question)
        if peer in self.down:
            raise Unavailable("down")


# What relocated and transport tables say of some domains.
HOPS = {
    "moved.example": ("error", "5.1.6 User has moved to new.example"),
    "closed.example": ("error", "no such office"),
    "moving.example": ("error", "4.2.1 moving house"),
    "later.example": ("retry", "5.2.1 moving house"),
    "holiday.example": ("retry", "on holiday"),
    "nobody.example": ("error", "5.1.1 there is nobody"),
}


# What a table of senders' own transports has.
WAYS = {"barred@client.example": ("error", "5.7.2 not you")}


def _route(address: str) -> rewrite.Route:
    """What is ``user%there@example.com`` goes there, as trivial-rewrite has it."""
    local, _, domain = address.rpartition("@")
    if "%" in local and CLASSES.get(domain) is rewrite.AddressClass.LOCAL:
        return _route("@".join(local.rsplit("%", 1)))
    domain = address.rpartition("@")[2].lower()
    address_class = CLASSES.get(domain, rewrite.AddressClass.DEFAULT)
    transport, nexthop = HOPS.get(domain, ("local", domain))
    return rewrite.Route(transport, nexthop, address, address_class)


@contextmanager
def peers_in(directory: Path, world: World) -> Iterator[Peers]:
    """Their sockets lie there, and ``world`` answers."""
    contracts: dict[str, Contract] = {
        "cleanup": cleanup.CONTRACT,
        "rewrite": rewrite.CONTRACT,
        "proxymap": proxymap.CONTRACT,
        "dns": dns.CONTRACT,
        "showq": showq.CONTRACT,
        "milter": milter.CONTRACT,
        "policy": policy_client.CONTRACT,
        "verify": verify.CONTRACT,
    }
    clients, servers, listeners = {}, [], []
    activity = Activity()
    for name, contract in contracts.items():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(directory / name))
        listener.listen(100)
        answer = getattr(world, name)
        servers.append(Server(listener, contract, lambda _, answer=answer: answer, activity))
        clients[name] = Client(str(directory / name), contract)
        listeners.append(listener)
    try:
        yield Peers(**clients)
    finally:
        for client in clients.values():
            client.close()
        for server in servers:
            server.close()
            server.disconnect()
        for listener in listeners:
            listener.close()
