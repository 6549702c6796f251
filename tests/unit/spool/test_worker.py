"""The journal's thread."""

import asyncio
import threading

import pytest

from postroom.spool.worker import Worker


def test_what_is_done_when_the_loop_is_gone_is_told_to_nobody() -> None:
    """Nor is there a word of it in the log: what was under way was promised to nobody."""
    go_on = threading.Event()

    async def begin() -> threading.Thread:
        Worker("late").do(go_on.wait, lambda _: pytest.fail("there is no loop to be told in"))
        (thread,) = [one for one in threading.enumerate() if one.name == "late"]
        return thread

    thread = asyncio.run(begin())
    go_on.set()
    thread.join(10)
    assert not thread.is_alive()
