"""Clients that take a server's time and give nothing, and good ones that come all the same."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice

from machine import Machine
from system.dialogue import talk

# Seconds from one byte of a client that drips to the next.
DRIP_SECONDS = 10.0
_DRIPPED = b"EHLO slow.example.net\r\nMAIL FROM:<slow@example.net>\r\n"
# Clients of one address; below smtpd_client_connection_count_limit.
_PER_ADDRESS = 40


@contextmanager
def crowd(machine: Machine, idle: int, dripping: int) -> Iterator[None]:
    """So many connections that say nothing, and so many that say a byte now and then.

    All of them have their banner when the block begins.
    """
    enough = threading.Event()
    with ExitStack() as open_connections:
        everybody = [
            open_connections.enter_context(machine.connect(source=source))
            for source in islice(_addresses(), idle + dripping)
        ]
        for connection in everybody:
            connection.recv(1, socket.MSG_PEEK)
        dripper = threading.Thread(target=_drip, args=(everybody[idle:], enough))
        dripper.start()
        try:
            yield
            lost = sum(map(_is_closed, everybody))
            assert not lost, f"{lost} of the crowd were sent away: they kept nobody busy"
        finally:
            enough.set()
            dripper.join()


def seconds_to_banner(machine: Machine, clients: int, recipient: str) -> list[float]:
    """How long each of so many good clients waited; the mail of all was accepted."""

    def visit(number: int) -> float:
        started = time.monotonic()
        connection = machine.connect(source=f"127.9.0.{number % 200 + 1}")
        connection.recv(1, socket.MSG_PEEK)
        waited = time.monotonic() - started
        talk(
            connection,
            f"S: 220\nC: EHLO good.example.net\nS: 250\nC: MAIL FROM:<good{number}@example.net>\n"
            f"S: 250\nC: RCPT TO:<{recipient}>\nS: 250\nC: DATA\nS: 354\nC: Subject: {number}\nC:\n"
            "C: .\nS: 250 2.0.0 Ok: queued as \nC: QUIT\nS: 221\n",
        )
        return waited

    with ThreadPoolExecutor(clients) as visitors:
        return list(visitors.map(visit, range(clients)))


def _addresses() -> Iterator[str]:
    for number in cycle(range(200)):
        for _ in range(_PER_ADDRESS):
            yield f"127.8.0.{number + 1}"


def _drip(connections: list[socket.socket], enough: threading.Event) -> None:
    for byte in cycle(_DRIPPED):
        for connection in connections:
            connection.sendall(bytes((byte,)))
        if enough.wait(DRIP_SECONDS):
            return


def _is_closed(connection: socket.socket) -> bool:
    """Whether the server hung up, behind its banner and replies."""
    connection.setblocking(False)
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
