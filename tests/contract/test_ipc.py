"""postroom.ipc: questions and answers over a socket, one kept connection, orderly leaving."""

import asyncio
import logging
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.ipc_bench import CONTRACT, Place, Said, Say, echo, open_descriptors, run, served
from postroom.ipc.client import Client, Conversation
from postroom.ipc.contract import BrokenContract, Contract, Question, Unavailable
from postroom.ipc.server import Answerer, Caller, Server, WithDescriptors
from postroom.ipc.serving import for_each_caller
from postroom.systemd.activity import Activity


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


class Callers:
    """Serves everybody with ``echo``, and counts who came."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _: Caller) -> Answerer:
        self.count += 1
        return echo


def test_many_questions_share_one_connection_and_get_their_own_answers() -> None:
    callers = Callers()

    async def story() -> None:
        async with served(answerer_for=callers) as place:
            answers = await asyncio.gather(*(place.client.ask(Say(b"%d" % n)) for n in range(500)))
            assert [answer.data for answer in answers] == [b"%d" % n for n in range(500)]

    run(story)
    assert callers.count == 1


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


class Clerk:
    """Says how many questions it has had."""

    def __init__(self, gone: list[int]) -> None:
        self._gone = gone
        self._count = 0

    async def answer(self, _: Question[Any], __: list[int]) -> Said:
        self._count += 1
        return Said(b"%d" % self._count)

    def close(self) -> None:
        self._gone.append(self._count)


def test_each_caller_has_a_clerk_of_its_own_until_it_goes() -> None:
    gone: list[int] = []

    async def story() -> None:
        async with served(answerer_for=for_each_caller(lambda: Clerk(gone))) as place:
            for number in (b"1", b"2"):
                assert (await place.client.ask(Say(b""))).data == number
            other = Client(place.path, CONTRACT)
            assert (await other.ask(Say(b""))).data == b"1"
            assert gone == []
            other.close()
            await asyncio.sleep(0.05)
            assert gone == [1]

    run(story)
    assert gone == [1, 2]


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


@pytest.mark.parametrize("finished", [False, True])
def test_only_some_contracts_are_worked_on_when_the_caller_is_gone(finished: bool) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    activity = Activity()

    async def answer(question: Question[Any], descriptors: list[int]) -> Said:
        begun.set()
        await may_end.wait()
        ended.set()
        return Said(b"")

    async def story() -> None:
        contract = Contract("test", Say, finished=finished)
        async with served(answer, contract, activity) as place:
            asking = asyncio.ensure_future(place.client.ask(Say(b"")))
            await begun.wait()
            place.client.close()
            with pytest.raises(Unavailable):
                await asking
            await asyncio.sleep(0.02)
            assert activity.busy == finished
            may_end.set()
            await asyncio.sleep(0.02)
            assert ended.is_set() == finished
            assert not activity.busy

    run(story)


def successor(listener: socket.socket, name: bytes) -> Server:
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
            first = successor(listener, b"first")
            answers: list[bytes] = []

            async def keep_asking() -> None:
                while len(answers) < 400:
                    answers.append((await place.client.ask(Say(b"x"))).data)

            askers = [asyncio.create_task(keep_asking()) for _ in range(20)]
            await asyncio.sleep(0.02)
            first.leave()
            await asyncio.sleep(0.02)
            place.server = successor(listener, b"second")
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
            first = successor(listener, b"first")
            conversation = Conversation(place.client)
            await conversation.ask(Say(b""))
            first.leave()
            place.server = successor(listener, b"second")
            await asyncio.sleep(0.01)
            assert await place.client.ask(Say(b"")) == Said(b"second")
            assert await conversation.ask(Say(b"")) == Said(b"first")
            conversation.close()
            with pytest.raises(Unavailable):
                await conversation.ask(Say(b""))

    run(story)


def test_a_conversation_may_pause_for_longer_than_an_unused_connection_lives() -> None:
    callers = Callers()

    async def story() -> None:
        async with served(answerer_for=callers) as place:
            conversation = Conversation(Client(place.path, CONTRACT, idle=0.05))
            await conversation.ask(Say(b""))
            await asyncio.sleep(0.2)
            await conversation.ask(Say(b""))
            conversation.close()
            await asyncio.sleep(0.2)

    run(story)
    assert callers.count == 1
