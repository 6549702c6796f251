"""Who may list the queue and have it tried again is decided here, whatever a command says."""

import pytest

from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import Flush, FlushMessage, FlushSite, List, NotAllowed, RunQueue
from postroom.ipc import server
from unit.queue.qmgr.world import Play, World

ID = "6553F10000001"
FLUSHES = (Flush(), FlushSite("example.com"), FlushMessage(ID), RunQueue())


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.Caller, "stranger", True)


@pytest.mark.usefixtures("stranger")
def test_a_user_who_is_on_neither_list_gets_nothing(play: Play) -> None:
    async def scenario(world: World) -> None:
        for question in (List(), *FLUSHES):
            assert await world.showq.ask(question) == NotAllowed()

    play(scenario, authorized_mailq_users=(), authorized_flush_users=("!static:all",))


@pytest.mark.usefixtures("stranger")
def test_who_may_list_may_not_flush_for_that(play: Play) -> None:
    async def scenario(world: World) -> None:
        assert (await world.showq.ask(List())).entries == ()
        assert await world.showq.ask(Flush()) == NotAllowed()

    play(scenario, authorized_flush_users=())


@pytest.mark.usefixtures("stranger")
def test_a_list_that_cannot_be_read_allows_nobody(play: Play) -> None:
    async def scenario(world: World) -> None:
        assert await world.showq.ask(List()) == NotAllowed()
        assert any("cannot tell what user" in line for line in world.journal.lines)

    play(scenario, authorized_mailq_users=("/nonexistent/list",))


@pytest.mark.usefixtures("stranger")
def test_nobody_gets_a_second_page_who_was_refused_the_first(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.enqueue()
        answer = await world.showq.ask(List(1))
        assert isinstance(answer, NotAllowed) or answer.entries == ()

    play(scenario, authorized_mailq_users=())


def test_the_superuser_and_the_parts_of_the_service_always_may(play: Play) -> None:
    async def scenario(world: World) -> None:
        assert (await world.showq.ask(List())).entries == ()
        for question in FLUSHES:
            assert await world.showq.ask(question) == Ready()

    play(scenario, authorized_mailq_users=(), authorized_flush_users=())
