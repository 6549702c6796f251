"""Content in a file arrives whole, or the message is deferred; nothing is left open."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from postroom.delivery.attempt import Attempt
from postroom.delivery.client.program import deliver
from postroom.delivery.content import Content
from unit.delivery.client.field import Field, rules
from unit.delivery.client.scripted_peer import Peer

# Several turns of the sender, and more than the sockets of a connection hold.
LARGE = b"Subject: large\r\n\r\n" + b"0123456789abcdef\r\n" * 500_000


def _play(story: Callable[[], Awaitable[Any]]) -> None:
    """Run a story; whatever it opened must be closed at its end."""

    async def whole() -> None:
        before = _open_files()
        async with asyncio.timeout(9):
            await story()
            while _open_files() > before:  # Transports close in a later turn of the loop.
                await asyncio.sleep(0.001)

    asyncio.run(whole())


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def _attempt(field: Field, nexthop: str, content: Content) -> Attempt:
    request = field.attempt(nexthop).request
    return Attempt(request, content, field.log)


def _file(path: Path, size: int, offset: int = 0) -> Content:
    return Content(size, descriptor=os.open(path, os.O_RDONLY), offset=offset)


async def _sent(field: Field, peer: Peer, content: Content) -> str:
    await peer.start()
    await deliver(field.ways, _attempt(field, f"[127.0.0.1]:{peer.port}", content))
    content.close()
    await peer.stop()
    (status,) = field.statuses
    return status


def test_what_lies_before_the_content_stays_here(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"secret" + LARGE)

    async def story() -> None:
        peer = Peer()
        status = await _sent(Field(), peer, _file(tmp_path / "m", len(LARGE), offset=6))
        assert status.startswith("2.0.0 sent")
        assert peer.contents == [LARGE]

    _play(story)


@pytest.mark.parametrize(("content", "expected"), [(b"a\r\nb", b"a\r\nb\r\n"), (b"", b"")])
def test_the_final_dot_is_found_whatever_the_file_ends_with(
    tmp_path: Path, content: bytes, expected: bytes
) -> None:
    (tmp_path / "m").write_bytes(content)

    async def story() -> None:
        peer = Peer()
        status = await _sent(Field(), peer, _file(tmp_path / "m", len(content)))
        assert status.startswith("2.0.0 sent")
        assert peer.contents == [expected]

    _play(story)


def test_a_file_that_is_too_short_is_never_taken_for_the_message(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(LARGE)

    async def story() -> None:
        peer = Peer()
        # No limit of line length: nothing looks through the file before it is sent.
        field = Field(rules(line_length_limit=0))
        status = await _sent(field, peer, _file(tmp_path / "m", len(LARGE) + 10))
        reason = "error reading message: file is too short while sending message body"
        assert status == f"4.4.2 deferred ({reason})"
        assert peer.contents == []

    _play(story)


class _Reluctant(Peer):
    """Takes the beginning of the content, then does as ``end`` says."""

    end: Callable[[asyncio.StreamWriter], None]

    async def _converse(
        self, session: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for reply in (
            b"220 x\r\n",
            b"250-x\r\n250 PIPELINING\r\n",
            b"250 x\r\n" * 2 + b"354 x\r\n",
        ):
            writer.write(reply)
            await reader.readuntil(b"DATA\r\n" if reply.startswith(b"250-") else b"\r\n")
        self.end(writer)
        await asyncio.sleep(30)


def _reluctant(end: Callable[[asyncio.StreamWriter], None]) -> Peer:
    peer = _Reluctant()
    peer.end = end  # type: ignore[method-assign]
    return peer


def test_a_server_that_goes_away_in_the_midst_of_it_defers(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(LARGE)

    async def story() -> None:
        peer = _reluctant(lambda writer: writer.transport.abort())
        status = await _sent(Field(), peer, _file(tmp_path / "m", len(LARGE)))
        assert status.startswith("4.4.2 deferred (lost connection with 127.0.0.1[127.0.0.1] while")
        assert "sending message body" in status

    _play(story)


def test_a_server_that_stops_reading_is_left_at_the_deadline(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(LARGE)

    async def story() -> None:
        peer = _reluctant(lambda writer: None)
        field = Field(rules(data_xfer_timeout=0.2))
        status = await _sent(field, peer, _file(tmp_path / "m", len(LARGE)))
        assert "timed out while sending message body" in status

    _play(story)


def test_a_request_that_is_given_up_sends_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(LARGE)

    async def story() -> None:
        reached = asyncio.Event()
        peer = _reluctant(lambda writer: reached.set())
        content = _file(tmp_path / "m", len(LARGE))
        task = asyncio.ensure_future(_sent(Field(), peer, content))
        await reached.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        content.close()
        await peer.stop()

    _play(story)
