"""Filters that are away, fail, or say what they may not."""

import asyncio
import os
from pathlib import Path

import pytest

from postroom.contracts.milter import Content, Filtered, Rejected
from postroom.ipc.contract import BrokenContract
from unit.milter.scene import BODY, HEADER, OPEN, Scene, at, play
from unit.milter.scripted_filter import ScriptedFilter


def test_what_a_filter_did_not_ask_for_it_may_not_do(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered(HEADER + b"X: y\r\n")

    changes = (b"hX\0y\0", b"+<c@example.com>\0", b"bnew\r\n", b"c")
    play(tmp_path, {b"E": changes}, story, actions=0x1)


def test_a_descriptor_nobody_asked_for_ends_the_connection(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        with pytest.raises(BrokenContract):
            await scene.ask(
                Content(scene.key, "ABC123", HEADER, BODY), os.open("/dev/null", os.O_RDONLY)
            )

    play(tmp_path, {}, story)


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("tempfail", Rejected(451, "4.7.1", "Service unavailable - try again later")),
        ("reject", Rejected(550, "5.5.0", "Service unavailable")),
        ("shutdown", Rejected(421, "4.7.0", "Service unavailable - try again later")),
        ("accept", Filtered()),
        ("quarantine", Filtered(hold="milter was not available")),
    ],
)
@pytest.mark.parametrize("fault", [b"", b"?", b"hX\0y", b"+<a\x01@x>\0"], ids=str)
def test_a_filter_that_fails_is_a_matter_of_the_default_action(
    tmp_path: Path, action: str, answer: object, fault: bytes
) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == answer
        assert one.sessions == 1

    scene = play(tmp_path, {b"L": (fault,)}, story, action=action)
    assert len(scene.journal.lines) == 1
    assert scene.journal.lines[0].startswith("warning: milter unix:one: ")


@pytest.mark.parametrize("reply", [b"550", b"550 ", b"999 hi", b"250 2.0.0 hi", b"550 4.7.1 no"])
def test_a_reply_that_no_server_may_give_is_a_matter_of_configuration(
    tmp_path: Path, reply: bytes
) -> None:
    """Reply and line in the log are Postfix's."""

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        refused = Rejected(451, "4.3.5", "Server configuration problem - try again later")
        assert await scene.content() == refused
        assert one.sessions == 1

    scene = play(tmp_path, {b"L": (b"y" + reply + b"\0",)}, story, action="accept")
    assert scene.journal.lines == [f"warning: milter unix:one: malformed reply: {reply.decode()}"]


def test_a_filter_that_is_away_refuses_clients_for_now(tmp_path: Path) -> None:
    async def main() -> Scene:
        scene = Scene(at(tmp_path / "nobody"))
        assert isinstance(await scene.ask(OPEN), Rejected)
        return scene

    lines = asyncio.run(main()).journal.lines
    assert lines == ["warning: connect to Milter service unix:nobody: No such file or directory"]
