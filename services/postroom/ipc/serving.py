"""What a component does that answers one contract: from its first caller until it is idle."""

import socket
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from postroom.ipc.contract import Contract, Question
from postroom.ipc.server import Answerer, Caller, Server


class Host(Protocol):
    """Whom the component runs for (systemd.service.Service)."""

    @property
    def activity(self) -> Callable[[], AbstractContextManager[object]]: ...

    def listener(self, name: str) -> socket.socket: ...

    async def serve_until_idle(self, max_idle: float) -> None: ...


class Clerk(Protocol):
    """Answers one caller, and remembers what went before."""

    def answer(self, question: Question[Any], descriptors: list[int], /) -> Awaitable[Any]: ...

    def close(self) -> None:
        """The caller is gone."""


def server_of(host: Host, contract: Contract, answerer_for: Callable[[Caller], Answerer]) -> Server:
    """At the socket of the contract's name."""
    return Server(host.listener(contract.name), contract, answerer_for, host.activity)


async def serve_contract(
    host: Host,
    contract: Contract,
    answerer_for: Callable[[Caller], Answerer],
    max_idle: float,
) -> None:
    """Serve the socket of the contract's name until nothing was to do for ``max_idle`` seconds."""
    server = server_of(host, contract, answerer_for)
    await host.serve_until_idle(max_idle)
    server.close()


def for_each_caller(engage: Callable[[], Clerk]) -> Callable[[Caller], Answerer]:
    """A clerk for each caller, whose work ends when the caller goes."""

    def answerer_for(caller: Caller) -> Answerer:
        clerk = engage()
        caller.on_close.append(clerk.close)
        return clerk.answer

    return answerer_for
