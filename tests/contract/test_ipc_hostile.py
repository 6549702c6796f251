"""postroom.ipc: what a peer that breaks the contract can do to us (nothing)."""

import asyncio
import logging
import socket
import tempfile
from typing import Any

import msgspec
import pytest

from contract.ipc_bench import (
    CONTRACT,
    HEADER,
    Said,
    Say,
    closed_by_peer,
    frame,
    open_descriptors,
    question,
    run,
    send_with_descriptors,
    served,
)
from postroom.ipc import server
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.ipc.wire import MAX_DESCRIPTORS, MAX_FRAME


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.mark.parametrize(
    "data",
    [
        frame(b"", kind=4),
        frame(b"", kind=3),
        frame(b"", kind=1),
        frame(b"", kind=2),
        frame(b"not msgpack"),
        frame(b""),
        frame(msgspec.msgpack.encode(["unknown"])),
        frame(msgspec.msgpack.encode(["say", b"x", "surplus"])),
        HEADER.pack(MAX_FRAME + 1, 1, 0, 0),
        HEADER.pack(0xFFFFFFFF, 1, 0, 0),
        frame(b"", count=MAX_DESCRIPTORS + 1),
        frame(msgspec.msgpack.encode(Say(b"x")), count=1),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_a_malformed_frame_ends_its_connection_and_no_other(data: bytes) -> None:
    async def story() -> None:
        async with served() as place:
            await place.client.ask(Say(b""))
            sock = place.raw()
            sock.send(data)
            assert await closed_by_peer(sock)
            sock.close()
            assert await place.client.ask(Say(b"well")) == Said(b"well")

    run(story)


def test_a_frame_may_arrive_byte_by_byte() -> None:
    async def story() -> None:
        async with served() as place:
            sock = place.raw()
            for byte in question(b"slowly"):
                sock.send(bytes([byte]))
                await asyncio.sleep(0)
            answer = await asyncio.get_running_loop().sock_recv(sock, 1000)
            assert answer.endswith(msgspec.msgpack.encode(Said(b"slowly")))
            sock.close()

    run(story)


def test_unasked_descriptors_end_the_connection_and_are_closed() -> None:
    async def story() -> None:
        async with served() as place:
            await place.client.ask(Say(b""))
            before = open_descriptors()
            for data in (question(), frame(b"bad", count=2), b"\0"):
                sock = place.raw()
                send_with_descriptors(sock, data, [0, 0])
                if data == b"\0":
                    sock.close()
                else:
                    assert await closed_by_peer(sock)
                    sock.close()
            await asyncio.sleep(0.02)
            assert open_descriptors() == before

    run(story)


def test_a_flood_of_descriptors_ends_the_connection() -> None:
    async def story() -> None:
        async with served() as place:
            sock = place.raw()
            sock.send(question()[:-1])
            send_with_descriptors(sock, b"x", [0] * 200)
            assert await closed_by_peer(sock)
            sock.close()

    run(story)


def test_descriptors_of_a_question_that_is_never_worked_on_are_closed() -> None:
    async def story() -> None:
        async with served() as place:
            await place.client.ask(Say(b""))
            before = open_descriptors()
            sock = place.raw()
            asked = frame(msgspec.msgpack.encode(Say(b"x")), count=1)
            # The second frame ends the connection before the first question has its turn.
            send_with_descriptors(sock, asked + frame(b"", kind=9), [0])
            assert await closed_by_peer(sock)
            sock.close()
            await asyncio.sleep(0.02)
            assert open_descriptors() == before

    run(story)


def test_a_caller_with_many_questions_waits_in_the_kernel() -> None:
    working = most = 0

    async def count(question: Question[Any], descriptors: list[int]) -> Said:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await asyncio.sleep(0.001)
        working -= 1
        return Said(b"")

    async def story() -> None:
        async with served(count) as place:
            await asyncio.gather(*(place.client.ask(Say(b"x" * 5000)) for _ in range(200)))

    run(story)
    assert most == CONTRACT.in_flight


def test_a_caller_that_does_not_read_its_answers_is_not_read_either() -> None:
    answered = 0

    async def large(question: Question[Any], descriptors: list[int]) -> Said:
        nonlocal answered
        answered += 1
        return Said(b"x" * 500_000)

    async def story() -> None:
        async with served(large) as place:
            sock = place.raw()
            sock.send(question() * 200)
            await asyncio.sleep(0.2)
            assert answered < 12
            loop = asyncio.get_running_loop()
            received = 0
            while received < 200 * 500_000:
                received += len(await loop.sock_recv(sock, 1_000_000))
            assert answered == 200
            sock.close()

    run(story)


@pytest.mark.parametrize(
    "reply",
    [
        frame(msgspec.msgpack.encode(Said(b"")), kind=1, serial=77),
        frame(msgspec.msgpack.encode(Said(b"")), kind=0),
        frame(msgspec.msgpack.encode(["other"]), kind=1),
        frame(b"\xff\xff", kind=1),
        HEADER.pack(0xFFFFFFFF, 1, 1, 0),
    ],
)
def test_a_server_that_breaks_the_contract_is_left(reply: bytes) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{directory}/socket")
            listener.listen()
            client = Client(f"{directory}/socket", CONTRACT)
            asking = asyncio.create_task(client.ask(Say(b"")))
            await asyncio.sleep(0.01)
            sock, _ = listener.accept()
            with sock:
                sock.send(reply)
                with pytest.raises(Unavailable):
                    await asyncio.wait_for(asking, 2)

    run(story)


PUBLIC = Contract("public", Say, public=True)


@pytest.fixture
def _all_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.Caller, "stranger", True)


@pytest.mark.usefixtures("_all_strangers")
def test_strangers_take_a_bounded_share_of_our_descriptors() -> None:
    """Any user may open thousands of connections to ``showq`` and keep them."""

    async def story() -> None:
        async with served(contract=PUBLIC) as place:
            kept = [place.raw() for _ in range(server.MAX_STRANGERS)]
            await asyncio.sleep(0.05)
            surplus = place.raw()
            assert await closed_by_peer(surplus)
            for sock in (*kept, surplus):
                sock.close()
            await asyncio.sleep(0.05)
            await place.client.ask(Say(b"there is room again"))

    run(story)


@pytest.mark.usefixtures("_all_strangers")
def test_a_silent_stranger_is_hung_up_on_and_one_who_asks_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever holds a connection keeps the service from leaving."""
    monkeypatch.setattr(server, "MAX_SILENCE", 0.3)

    async def story() -> None:
        async with served(contract=PUBLIC) as place:
            silent = place.raw()
            for _ in range(10):
                await place.client.ask(Say(b"still here"))
                await asyncio.sleep(0.1)
            assert await closed_by_peer(silent)
            silent.close()

    run(story)


def test_who_is_no_stranger_gets_in_where_strangers_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """The retry timer and the superuser ask on the same socket."""

    async def story() -> None:
        async with served(contract=PUBLIC) as place:
            monkeypatch.setattr(server.Caller, "stranger", True)
            kept = [place.raw() for _ in range(server.MAX_STRANGERS)]
            await asyncio.sleep(0.05)
            monkeypatch.undo()
            monkeypatch.setattr(server.Server, "_crowded", lambda _: True)
            await place.client.ask(Say(b"x"))
            for sock in kept:
                sock.close()

    run(story)


def test_a_long_question_on_a_public_socket_is_not_awaited() -> None:
    async def story() -> None:
        async with served(contract=PUBLIC) as place:
            sock = place.raw()
            sock.send(HEADER.pack(server.MAX_PUBLIC_QUESTION + 1, 1, 0, 0))
            assert await closed_by_peer(sock)
            sock.close()

    run(story)
