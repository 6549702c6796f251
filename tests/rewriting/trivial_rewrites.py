"""Postfix's trivial-rewrite and ours, asked the same."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from memory_journal import MemoryJournal
from postroom.contracts.rewrite import AddressClass, Context, Resolve, Rewrite
from postroom.lookup.trivial_rewrite.__main__ import answers_of
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.mail.address import quote_local, unquote
from postroom.maillog.trivial_rewrite import TrivialRewriteLog

# So many questions are under way at a time, each on a connection of its own.
CONNECTIONS = 50
TIMEOUT = 20.0
# Bits of an answer to "resolve" (resolve_clnt(3)).
LEADS_ON = 1 << 1
SYNTAX_ERROR = 1 << 2
TROUBLE = 1 << 3
CLASSES = {
    1 << 8: AddressClass.LOCAL,
    1 << 9: AddressClass.VIRTUAL_ALIAS,
    1 << 10: AddressClass.VIRTUAL_MAILBOX,
    1 << 11: AddressClass.RELAY,
    1 << 12: AddressClass.DEFAULT,
}


class Resolution(NamedTuple):
    transport: str
    nexthop: str
    recipient: str
    address_class: str
    leads_on: bool = False


BAD_SYNTAX = Resolution("error", "5.1.3 bad address syntax", "", "")
# What their qmgr does where ours finds it resolved so.
END_OF_BOUNCES = ("discard", "undeliverable postmaster notification discarded")
AWAY = Resolution("", "try again", "", "")


class Theirs:
    """Addresses go to it in external form to be rewritten, in internal form to be resolved."""

    def __init__(self, path: Path, open_connections: ExitStack) -> None:
        self._connections = []
        for _ in range(CONNECTIONS):
            connection = open_connections.enter_context(socket.socket(socket.AF_UNIX))
            connection.settimeout(TIMEOUT)
            connection.connect(str(path))
            self._connections.append(connection)
        for connection in self._connections:
            assert _answer(connection) == {"protocol": "trivial_rewrite_protocol"}

    def rewritten(self, context: Context, addresses: Sequence[str]) -> list[str]:
        questions = [
            {"request": "rewrite", "rule": context.value, "address": _external(one)}
            for one in addresses
        ]
        return [_internal(answer["address"]) for answer in self._asked(questions)]

    def resolved(
        self, sender: str, addresses: Sequence[str], *, probe: bool = False
    ) -> list[Resolution]:
        request = "verify" if probe else "resolve"
        questions = [{"request": request, "sender": sender, "address": one} for one in addresses]
        return [_resolution(answer) for answer in self._asked(questions)]

    def _asked(self, questions: Sequence[dict[str, str]]) -> Iterator[dict[str, str]]:
        for start in range(0, len(questions), CONNECTIONS):
            turn = questions[start : start + CONNECTIONS]
            for connection, question in zip(self._connections, turn, strict=False):
                pairs = (f"{name}\0{value}\0" for name, value in question.items())
                connection.sendall("".join((*pairs, "\0")).encode())
            yield from map(_answer, self._connections[: len(turn)])


def _answer(connection: socket.socket) -> dict[str, str]:
    data = b""
    while not data.endswith(b"\0\0"):
        more = connection.recv(8192)
        assert more, "Postfix ended the connection"
        data += more
    words = data.decode().split("\0")
    return dict(zip(words[:-2:2], words[1:-2:2], strict=True))


def _external(address: str) -> str:
    """As Postfix's cleanup writes an address when it asks: routes stay outside of quotes."""
    route, colon, rest = address.partition(":")
    if address.startswith("@") and colon:
        return route + colon + _quoted(rest)
    return _quoted(address)


def _quoted(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return quote_local(local) + at + domain if at else quote_local(domain)


def _internal(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return unquote(local) + at + domain if at else unquote(domain)


def _resolution(answer: dict[str, str]) -> Resolution:
    flags = int(answer["flags"])
    if flags & TROUBLE:
        return AWAY
    if flags & SYNTAX_ERROR:
        return BAD_SYNTAX
    (address_class,) = (name for bit, name in CLASSES.items() if flags & bit)
    hop = (answer["transport"], answer["nexthop"].lower())
    if (
        address_class is AddressClass.LOCAL
        and answer["recipient"].rpartition("@")[0] == "double-bounce"
    ):
        hop = END_OF_BOUNCES
    return Resolution(*hop, answer["recipient"], address_class.value, bool(flags & LEADS_ON))


class Ours:
    def __init__(self, settings: Settings) -> None:
        self._answers = answers_of(settings, TrivialRewriteLog(MemoryJournal()))

    def rewritten(self, context: Context, addresses: Sequence[str]) -> list[str]:
        answer = asyncio.run(self._answers.answer(Rewrite(context, tuple(addresses)), []))
        return list(answer.addresses)

    def resolved(
        self, sender: str, addresses: Sequence[str], *, probe: bool = False
    ) -> list[Resolution]:
        answer = asyncio.run(self._answers.answer(Resolve(sender, tuple(addresses), probe), []))
        found = (
            Resolution(
                one.transport,
                one.nexthop.lower(),
                one.recipient,
                one.address_class.value,
                one.leads_on,
            )
            for one in answer.routes
        )
        return [BAD_SYNTAX if one[:2] == BAD_SYNTAX[:2] else one for one in found]
