"""postroom.ipc: questions and answers over a socket, and what a hostile peer can do (nothing)."""

import array
import asyncio
import logging
import os
import socket
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.server import Answerer, Caller, Server, WithDescriptors
from postroom.ipc.wire import MAX_DESCRIPTORS, MAX_FRAME
from postroom.systemd.activity import Activity


class Said(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="said"):
    data: Annotated[bytes, Meta(max_length=4_000_000)]


class Say(Question[Said], frozen=True, tag="say"):
    data: Annotated[bytes, Meta(max_length=4_000_000)]


class Other(Question[Said], frozen=True, tag="other"):
    pass


CONTRACT = Contract("test", Say, Other, in_flight=4)
HEADER = struct.Struct(">IIBB")


async def echo(question: Question[Any], descriptors: list[int]) -> Said:
    for descriptor in descriptors:
        os.close(descriptor)
    assert isinstance(question, Say)
    return Said(question.data)


class Place:
    """A served socket, and a client of it."""

    def __init__(self, directory: str) -> None:
        self.path = str(Path(directory) / "socket")
        self.client = Client(self.path, CONTRACT)
        self.server: Server

    def raw(self) -> socket.socket:
        """A connection that may send what it likes."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        sock.setblocking(False)
        return sock


@asynccontextmanager
async def served(
    answer: Answerer = echo,
    contract: Contract = CONTRACT,
    activity: Callable[[], AbstractContextManager[object]] = nullcontext,
    answerer_for: Callable[[Caller], Answerer] | None = None,
) -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory() as directory:
        place = Place(directory)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(place.path)
        listener.listen()
        place.server = Server(listener, contract, answerer_for or (lambda _: answer), activity)
        try:
            yield place
        finally:
            place.client.close()
            place.server.close()
            place.server.disconnect()
            listener.close()
            await asyncio.sleep(0.01)


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 8))


def frame(payload: bytes, kind: int = 0, serial: int = 1, count: int = 0) -> bytes:
    return HEADER.pack(len(payload), serial, kind, count) + payload


def question(data: bytes = b"x") -> bytes:
    return frame(msgspec.msgpack.encode(Say(data)))


def send_with_descriptors(sock: socket.socket, data: bytes, descriptors: list[int]) -> None:
    rights = array.array("i", descriptors)
    sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


async def closed_by_peer(sock: socket.socket) -> bool:
    """Whether the other side ends the connection."""
    loop = asyncio.get_running_loop()
    try:
        while await asyncio.wait_for(loop.sock_recv(sock, 65536), 2):
            pass
    except (ConnectionError, TimeoutError) as error:
        return isinstance(error, ConnectionError)
    return True


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
def test_content_of_any_size_comes_back(size: int) -> None:
    async def story() -> None:
        async with served() as place:
            data = os.urandom(size)
            assert (await place.client.ask(Say(data))).data == data

    run(story)


def test_many_questions_share_one_connection_and_get_their_own_answers() -> None:
    callers = 0

    def count(_: Caller) -> Answerer:
        nonlocal callers
        callers += 1
        return echo

    async def story() -> None:
        async with served(answerer_for=count) as place:
            answers = await asyncio.gather(*(place.client.ask(Say(b"%d" % n)) for n in range(500)))
            assert [answer.data for answer in answers] == [b"%d" % n for n in range(500)]

    run(story)
    assert callers == 1


def test_answers_may_overtake_each_other() -> None:
    async def slow_first(question: Question[Any], descriptors: list[int]) -> Said:
        assert isinstance(question, Say)
        await asyncio.sleep(0.05 if question.data == b"slow" else 0)
        return Said(question.data)

    async def story() -> None:
        async with served(slow_first) as place:
            order: list[bytes] = []

            async def ask(data: bytes) -> None:
                order.append((await place.client.ask(Say(data))).data)

            await asyncio.gather(ask(b"slow"), ask(b"fast"))
            assert order == [b"fast", b"slow"]

    run(story)


def test_a_caller_is_known_by_what_the_kernel_says() -> None:
    seen: list[Caller] = []

    def note(caller: Caller) -> Answerer:
        seen.append(caller)
        return echo

    async def story() -> None:
        async with served(answerer_for=note) as place:
            await place.client.ask(Say(b""))

    run(story)
    assert (seen[0].uid, seen[0].pid) == (os.getuid(), os.getpid())


def test_nobody_there_means_unavailable() -> None:
    async def story() -> None:
        with pytest.raises(Unavailable):
            await Client("/nonexistent/socket", CONTRACT).ask(Say(b""))

    run(story)


def test_a_lost_peer_fails_the_questions_in_flight_and_the_next_one_connects_anew() -> None:
    hang = True

    async def answer(question: Question[Any], descriptors: list[int]) -> Said:
        if hang:
            await asyncio.sleep(60)
        return await echo(question, descriptors)

    async def story() -> None:
        nonlocal hang
        async with served(answer) as place:
            asking = [asyncio.create_task(place.client.ask(Say(b""))) for _ in range(3)]
            await asyncio.sleep(0.02)
            place.server.disconnect()
            results = await asyncio.gather(*asking, return_exceptions=True)
            assert all(isinstance(result, Unavailable) for result in results)
            hang = False
            assert await place.client.ask(Say(b"again")) == Said(b"again")

    run(story)


def test_an_answer_that_takes_too_long_means_unavailable() -> None:
    async def never(question: Question[Any], descriptors: list[int]) -> Said:
        await asyncio.sleep(60)
        raise AssertionError

    async def story() -> None:
        async with served(never) as place:
            client = Client(place.path, CONTRACT, timeout=0.05)
            with pytest.raises(Unavailable, match="no answer in time"):
                await client.ask(Say(b""))

    run(story)


def test_an_unused_connection_is_closed_so_that_the_server_may_leave() -> None:
    open_now = 0

    class Counting(AbstractContextManager[None]):
        def __enter__(self) -> None:
            nonlocal open_now
            open_now += 1

        def __exit__(self, *_: object) -> None:
            nonlocal open_now
            open_now -= 1

    async def story() -> None:
        async with served(activity=Counting) as place:
            client = Client(place.path, CONTRACT, idle=0.05)
            await client.ask(Say(b""))
            assert open_now == 1
            await asyncio.sleep(0.25)
            assert open_now == 0

    run(story)


def test_descriptors_travel_in_both_directions_and_none_is_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")

    async def answer(question: Question[Any], descriptors: list[int]) -> WithDescriptors:
        return WithDescriptors(Said(b""), descriptors)

    async def story() -> None:
        async with served(answer) as place:
            await place.client.ask(Say(b""))
            before = open_descriptors()
            file = os.open(tmp_path / "file", os.O_RDONLY)
            _, came = await place.client.ask_with_descriptors(Say(b""), [file, file])
            assert [os.pread(one, 10, 0) for one in came] == [b"content"] * 2
            for one in (file, *came):
                os.close(one)
            assert open_descriptors() == before

    run(story)


def test_a_failing_answerer_costs_one_answer_and_no_connection() -> None:
    async def picky(question: Question[Any], descriptors: list[int]) -> Said:
        assert isinstance(question, Say)
        if question.data == b"later":
            raise Unavailable("disk full")
        return Said(b"%d" % (1 // len(question.data)))

    async def story() -> None:
        async with served(picky) as place:
            with pytest.raises(Unavailable, match="disk full"):
                await place.client.ask(Say(b"later"))
            with pytest.raises(Unavailable, match="internal error"):
                await place.client.ask(Say(b""))
            assert await place.client.ask(Say(b"x")) == Said(b"1")

    run(story)


def test_an_answerer_may_end_the_conversation() -> None:
    async def angry(question: Question[Any], descriptors: list[int]) -> Said:
        raise BrokenContract("out of order")

    async def story() -> None:
        async with served(angry) as place:
            with pytest.raises(Unavailable):
                await place.client.ask(Say(b""))

    run(story)


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


def test_closing_does_what_the_caller_left_to_do() -> None:
    done: list[str] = []

    def answerer_for(caller: Caller) -> Answerer:
        caller.on_close.append(lambda: done.append("closed"))
        return echo

    async def story() -> None:
        async with served(answerer_for=answerer_for) as place:
            await place.client.ask(Say(b""))
            place.client.close()
            await asyncio.sleep(0.02)
            assert done == ["closed"]

    run(story)


def successor(place: Place, listener: socket.socket, name: bytes) -> Server:
    """Another process of the service, started by systemd on the same socket."""

    async def answer(question: Question[Any], descriptors: list[int]) -> Said:
        await asyncio.sleep(0.001)
        return Said(name)

    return Server(listener, CONTRACT, lambda _: answer, Activity())


@asynccontextmanager
async def generations() -> AsyncIterator[tuple[Place, socket.socket]]:
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
        place = Place(directory)
        listener.bind(place.path)
        listener.listen()
        yield place, listener
        place.client.close()
        place.server.disconnect()
        await asyncio.sleep(0.01)


def test_a_server_that_leaves_loses_no_question() -> None:
    async def story() -> None:
        async with generations() as (place, listener):
            first = successor(place, listener, b"first")
            answers: list[bytes] = []

            async def keep_asking() -> None:
                while len(answers) < 400:
                    answers.append((await place.client.ask(Say(b"x"))).data)

            askers = [asyncio.create_task(keep_asking()) for _ in range(20)]
            await asyncio.sleep(0.02)
            first.leave()
            await asyncio.sleep(0.02)
            place.server = successor(place, listener, b"second")
            await asyncio.gather(*askers)
            first.close()
            assert set(answers) == {b"first", b"second"}
            assert answers.index(b"second") > 0

    run(story)


def test_a_leaving_server_is_idle_once_all_is_answered() -> None:
    async def story() -> None:
        async with generations() as (place, listener):
            activity = Activity()
            place.server = Server(listener, CONTRACT, lambda _: echo, activity)
            await place.client.ask(Say(b""))
            assert activity.busy
            activity.leave()
            await asyncio.wait_for(activity.idle(60), 1)

    run(story)


def test_a_conversation_stays_with_the_process_it_began_with() -> None:
    async def story() -> None:
        async with generations() as (place, listener):
            first = successor(place, listener, b"first")
            conversation = Conversation(place.client)
            await conversation.ask(Say(b""))
            first.leave()
            place.server = successor(place, listener, b"second")
            await asyncio.sleep(0.01)
            assert await place.client.ask(Say(b"")) == Said(b"second")
            assert await conversation.ask(Say(b"")) == Said(b"first")
            conversation.close()
            with pytest.raises(Unavailable):
                await conversation.ask(Say(b""))

    run(story)


def test_a_conversation_may_pause_for_longer_than_an_unused_connection_lives() -> None:
    connections = 0

    def count(_: Caller) -> Answerer:
        nonlocal connections
        connections += 1
        return echo

    async def story() -> None:
        async with served(answerer_for=count) as place:
            conversation = Conversation(Client(place.path, CONTRACT, idle=0.05))
            await conversation.ask(Say(b""))
            await asyncio.sleep(0.2)
            await conversation.ask(Say(b""))
            conversation.close()
            await asyncio.sleep(0.2)

    run(story)
    assert connections == 1
