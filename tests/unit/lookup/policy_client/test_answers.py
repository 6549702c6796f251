"""A policy server is asked over kept connections, tried again, and done without if it must be."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.policy_client import Action, Ask
from postroom.ipc.contract import BrokenContract, Unavailable
from postroom.lookup.policy_client.answers import Answers
from postroom.lookup.policy_client.settings import Server
from postroom.maillog.policy_client import PolicyClientLog

NAME = "unix:policy"
QUESTION = Ask(NAME, ("request=smtpd_access_policy", "sender=a@b.example"))


class PolicyServer:
    """Answers with ``says``, one after the other and the last one for ever; None hangs up."""

    def __init__(self, path: Path, *says: bytes | None) -> None:
        self.path = path
        self.says = list(says)
        self.heard: list[str] = []
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "PolicyServer":
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heard.append((await reader.readuntil(b"\n\n")).decode())
                says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
                if says is None:
                    break
                writer.write(says)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


def play(
    tmp_path: Path,
    says: tuple[bytes | None, ...],
    story: Callable[[Answers, PolicyServer], Awaitable[None]],
    **settings: Any,
) -> MemoryJournal:
    journal = MemoryJournal()
    values: dict[str, Any] = {
        "path": str(tmp_path / "server"),
        "timeout": 5.0,
        "max_idle": 300.0,
        "max_ttl": 1000.0,
        "request_limit": 0,
        "retry_delay": 0.0,
        "try_limit": 2,
        "default_action": "451 4.3.5 Server configuration problem",
        "policy_context": "",
    }

    async def main() -> None:
        servers = {NAME: Server(**(values | settings))}
        answers = Answers(servers, PolicyClientLog(journal))  # type: ignore[arg-type]
        async with PolicyServer(tmp_path / "server", *says) as server:
            await story(answers, server)
            answers.close()

    asyncio.run(asyncio.wait_for(main(), 20))
    return journal


def test_attributes_go_out_and_the_action_comes_back(tmp_path: Path) -> None:
    async def story(answers: Answers, server: PolicyServer) -> None:
        assert await answers.answer(QUESTION, []) == Action("REJECT not you")
        assert server.heard == [
            "request=smtpd_access_policy\nsender=a@b.example\npolicy_context=mine\n\n"
        ]

    says = (b"other=1\naction=REJECT not you\n\n",)
    assert play(tmp_path, says, story, policy_context="mine").lines == []


def test_a_connection_is_used_again(tmp_path: Path) -> None:
    async def story(answers: Answers, server: PolicyServer) -> None:
        for _ in range(3):
            await answers.answer(QUESTION, [])
        assert server.connections == 1
        await asyncio.gather(*(answers.answer(QUESTION, []) for _ in range(3)))
        assert server.connections == 3

    play(tmp_path, (b"action=DUNNO\n\n",), story)


@pytest.mark.parametrize(
    "settings", [{"request_limit": 1}, {"max_ttl": 0.0}, {"max_idle": 0.0}], ids=str
)
def test_a_connection_that_has_served_its_time_is_not(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    async def story(answers: Answers, server: PolicyServer) -> None:
        for _ in range(3):
            await answers.answer(QUESTION, [])
        assert server.connections == 3

    play(tmp_path, (b"action=DUNNO\n\n",), story, **settings)


def test_a_kept_connection_that_the_server_has_left_is_no_trouble(tmp_path: Path) -> None:
    async def story(answers: Answers, server: PolicyServer) -> None:
        assert await answers.answer(QUESTION, []) == Action("OK")
        assert await answers.answer(QUESTION, []) == Action("OK")
        assert server.connections == 2

    says = (b"action=OK\n\n", None, b"action=OK\n\n")
    assert play(tmp_path, says, story).lines == []


@pytest.mark.parametrize("says", [None, b"\n\n", b"nothing\n\n"], ids=str)
def test_a_server_that_fails_is_tried_again_and_then_done_without(
    tmp_path: Path, says: bytes | None
) -> None:
    async def story(answers: Answers, server: PolicyServer) -> None:
        action = await answers.answer(QUESTION, [])
        assert action == Action("451 4.3.5 Server configuration problem")
        assert server.connections == 2

    lines = play(tmp_path, (says,), story).lines
    assert len(lines) == 2
    assert lines[0].startswith(f"warning: problem talking to server {NAME}: ")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async def story(answers: Answers, _: PolicyServer) -> None:
        assert await answers.answer(QUESTION, []) == Action("DUNNO")

    play(tmp_path, (b"action=",), story, timeout=0.1, default_action="DUNNO")


def test_control_characters_do_not_get_through(tmp_path: Path) -> None:
    async def story(answers: Answers, _: PolicyServer) -> None:
        assert await answers.answer(QUESTION, []) == Action("REJECT a?b")

    play(tmp_path, (b"action=REJECT a\x1bb\n\n",), story)


def test_servers_that_nobody_configured_are_not_asked(tmp_path: Path) -> None:
    async def story(answers: Answers, _: PolicyServer) -> None:
        with pytest.raises(Unavailable):
            await answers.answer(Ask("inet:127.0.0.1:25", ()), [])
        with pytest.raises(BrokenContract):
            await answers.answer(QUESTION, [os.open("/dev/null", os.O_RDONLY)])

    play(tmp_path, (b"action=OK\n\n",), story)
