"""Those whom queue commands ask, in a thread of their own: a queue manager that answers as a
test says, and others."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from postroom.contracts import queue_admin, showq
from postroom.ipc.contract import Contract, Question
from postroom.ipc.server import Answerer, Caller, Server
from postroom.systemd.activity import Activity

Answer = Callable[[Question[Any]], object]
AnswererFor = Callable[[Caller], Answerer]


@contextmanager
def queue_manager(run: Path, answer: Answer) -> Iterator[None]:
    """Serve showq and queue-admin below ``run``."""

    async def work(question: Question[Any], _: list[int]) -> object:
        return answer(question)

    with serving(run, {showq.CONTRACT: lambda _: work, queue_admin.CONTRACT: lambda _: work}):
        yield


@contextmanager
def serving(run: Path, contracts: Mapping[Contract, AnswererFor]) -> Iterator[None]:
    """Serve each contract below ``run``."""
    with ExitStack() as sockets:
        loop = asyncio.new_event_loop()
        listeners = [sockets.enter_context(listening(run, contract)) for contract in contracts]
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        started = [
            asyncio.run_coroutine_threadsafe(_serve(listener, *served), loop)
            for listener, served in zip(listeners, contracts.items(), strict=True)
        ]
        try:
            yield
        finally:
            servers = [server.result() for server in started]
            asyncio.run_coroutine_threadsafe(_stop(servers), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


@contextmanager
def listening(run: Path, contract: Contract) -> Iterator[socket.socket]:
    """The socket systemd would hold."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(run / contract.name))
        listener.listen()
        yield listener


async def _serve(listener: socket.socket, contract: Contract, answerer_for: AnswererFor) -> Server:
    return Server(listener, contract, answerer_for, Activity())


async def _stop(servers: list[Server]) -> None:
    for server in servers:
        server.close()
        server.disconnect()
    await asyncio.sleep(0)
