"""A queue manager that answers as a test says, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from postroom.contracts import queue_admin, showq
from postroom.ipc.contract import Contract, Question
from postroom.ipc.server import Caller, Server
from postroom.systemd.activity import Activity

Answer = Callable[[Question[Any]], object]


@contextmanager
def queue_manager(run: Path, answer: Answer) -> Iterator[None]:
    """Serve showq and queue-admin below ``run``."""
    with listening(run, showq.CONTRACT) as first, listening(run, queue_admin.CONTRACT) as second:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        sockets = ((first, showq.CONTRACT), (second, queue_admin.CONTRACT))
        servers = [asyncio.run_coroutine_threadsafe(_serve(*s, answer), loop) for s in sockets]
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(_stop([s.result() for s in servers]), loop).result()
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


async def _serve(listener: socket.socket, contract: Contract, answer: Answer) -> Server:
    async def work(question: Question[Any], _: list[int]) -> object:
        return answer(question)

    def answerer_for(_: Caller) -> Any:
        return work

    return Server(listener, contract, answerer_for, Activity())


async def _stop(servers: list[Server]) -> None:
    for server in servers:
        server.close()
        server.disconnect()
    await asyncio.sleep(0)
