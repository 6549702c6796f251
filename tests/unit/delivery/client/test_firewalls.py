"""smtp_pix_workarounds: what is done where a firewall masks the greeting of a server."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play
from unit.delivery.client.scripted_peer import Peer

MASKED = "220 ***************************2******200********0*00"
DELAY = 0.3


def visited(
    greeting: str = MASKED, age: float = 600.0, content: Any = None, **changes: Any
) -> tuple[str, list[str], float]:
    """The command that we said first, what the log has of workarounds, how long it took."""
    found: list[Any] = []

    async def story() -> None:
        field, peer = Field(rules(**changes)), Peer(greeting=greeting)
        await peer.start()
        more = {} if content is None else {"content": content}
        attempt = field.attempt(f"[127.0.0.1]:{peer.port}", arrival=time.time() - age, **more)
        begin = asyncio.get_running_loop().time()
        await deliver(field.ways, attempt)
        seconds = asyncio.get_running_loop().time() - begin
        await peer.stop()
        assert field.statuses == ["2.0.0 sent (250 2.0.0 Ok: queued as ABC)"]
        said = [line for line in field.journal.lines if "PIX" in line]
        found.extend((peer.sessions[0].commands[0], said, seconds))
        expected = content if isinstance(content, bytes) else b"Subject: x\r\n\r\nhello\r\n"
        if not isinstance(content, Path):
            assert peer.contents == [expected]
        else:
            assert peer.contents == [content.read_bytes()]

    play(story)
    first, said, seconds = found
    return first, said, seconds


@pytest.mark.parametrize(
    ("case", "first", "workarounds"),
    [
        ({}, "HELO", "disable_esmtp delay_dotcrlf"),
        ({"age": 400.0}, "HELO", "disable_esmtp"),
        ({"age": 400.0, "pix_workarounds": ("delay_dotcrlf",)}, "EHLO", ""),
        ({"age": 0.0, "pix_workaround_threshold_time": 0.0}, "HELO", "disable_esmtp delay_dotcrlf"),
        ({"greeting": "220 mx.example ESMTP ****"}, "EHLO", ""),
        ({"pix_workarounds": ()}, "EHLO", ""),
        ({"pix_workarounds": ("disable_esmtp",)}, "HELO", "disable_esmtp"),
        ({"pix_workarounds": ("delay_dotcrlf",)}, "EHLO", "delay_dotcrlf"),
        (
            {"pix_workaround_maps": ("inline:{{127.0.0.1 = Delay_dotcrlf}}",)},
            "EHLO",
            "delay_dotcrlf",
        ),
        ({"pix_workaround_maps": ("inline:{{127.0.0.1 = ,}}",)}, "EHLO", ""),
        (
            {"pix_workaround_maps": ("inline:{{127.0.0.2 = x}}",)},
            "HELO",
            "disable_esmtp delay_dotcrlf",
        ),
    ],
)
def test_a_masked_greeting_is_met_with_what_main_cf_or_a_table_has_for_it(
    case: dict[str, Any], first: str, workarounds: str
) -> None:
    command, said, seconds = visited(**case)
    assert command == f"{first} me.example"
    logged = f"0123456789AB: enabling PIX workarounds: {workarounds} for 127.0.0.1[127.0.0.1]:"
    assert len(said) == bool(workarounds)
    assert all(line.startswith(logged) for line in said)
    assert (seconds >= DELAY) == ("delay_dotcrlf" in workarounds)


def test_the_dot_waits_behind_large_content_and_behind_none(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"Subject: x\r\n\r\n" + b"y" * 70 + b"\r\n" + b"z\r\n" * 100_000)
    for content in (large, b"Subject: x\r\n\r\n.\r\n"[:14]):
        *_, seconds = visited(content=content, line_length_limit=0)
        assert seconds >= DELAY
