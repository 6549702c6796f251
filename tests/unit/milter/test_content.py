"""What filters see of a message, and change in it."""

import asyncio
import os
from pathlib import Path

import pytest

from postroom.contracts.milter import Content, Filtered, LocalMessage
from postroom.ipc.server import WithDescriptors
from postroom.mail.envelope import Envelope, Recipient
from unit.milter.scene import BODY, HEADER, Scene, at, play
from unit.milter.scripted_filter import ScriptedFilter


def test_a_filter_changes_header_envelope_and_body(tmp_path: Path) -> None:
    changes = (
        b"hX-Last\0yes\0",
        b"i\0\0\0\0X-First\0a\nb\0",
        b"m\0\0\0\1to\0b@example.com\0",
        b"m\0\0\0\1Subject\0\0",
        b"m\0\0\0\2X-New\0new\0",
        b"+<c@example.com>\0",
        b"-<a@example.com>\0",
        b"e<other@example.com>\0",
        b"qlooks odd\0",
        b"bnew\r\n.bo",
        b"bdy\r\n",
        b"p",
        b"c",
    )

    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered(
            b"To: b@example.com\r\nX-Last: yes\r\nX-New: new\r\n",
            b"new\r\n..body\r\n",
            "other@example.com",
            ("c@example.com",),
            ("a@example.com",),
            "looks odd",
            above=b"X-First: a\r\n\tb\r\n",
        )

    play(tmp_path, {b"E": changes}, story)


def test_the_second_filter_sees_what_the_first_one_made(tmp_path: Path) -> None:
    async def main() -> None:
        scene = Scene(at(tmp_path / "one"), at(tmp_path / "two"))
        first = {b"E": (b"hX-One\0yes\0", b"bnew\r\n", b"c")}
        second = {b"E": (b"m\0\0\0\1X-One\0seen\0", b"c")}
        async with (
            ScriptedFilter(tmp_path / "one", first),
            ScriptedFilter(tmp_path / "two", second) as two,
        ):
            await scene.mail()
            assert await scene.content() == Filtered(HEADER + b"X-One: seen\r\n", b"new\r\n")
            assert two.told(b"L")[-1] == b"X-One\0yes\0"
            assert two.told(b"B") == [b"new\r\n"]
            scene.answers.close()

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_large_body_comes_and_goes_as_a_descriptor(tmp_path: Path) -> None:
    old = b"X: y\r\n\r\n" + b"..\r\n" * 50_000
    file = tmp_path / "message"
    file.write_bytes(old)

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        descriptor = os.open(file, os.O_RDONLY)
        answer = await scene.ask(Content(scene.key, "ABC123", b"X: y\r\n", None, 8), descriptor)
        assert b"".join(one.told(b"B")) == b".\r\n" * 50_000
        assert isinstance(answer, WithDescriptors)
        assert answer.answer == Filtered()
        (new,) = answer.descriptors
        assert os.pread(new, 1_000_000, 0) == b"..." + b"x" * 300_000 + b"\r\n"
        os.close(new)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)

    play(tmp_path, {b"E": (b"b..", *(b"b" + b"x" * 30_000,) * 10, b"c")}, story)


def test_a_message_of_this_machine_is_told_as_if_it_came_from_it(tmp_path: Path) -> None:
    recipients = (Recipient("a@example.com"), Recipient("b@example.com"))
    envelope = Envelope("s@example.com", recipients, 0.0)
    question = LocalMessage("cleanup/cleanup", "ABC123", envelope, HEADER, BODY)

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        assert await scene.ask(question) == Filtered(HEADER + b"X: y\r\n")
        assert one.told(b"C") == [b"localhost\0004\0\000127.0.0.1\0"]
        assert one.told(b"R") == [b"<a@example.com>\0", b"<b@example.com>\0"]
        assert one.heard[-1][0] == b"E"

    play(tmp_path, {b"E": (b"hX\0y\0", b"c")}, story)
