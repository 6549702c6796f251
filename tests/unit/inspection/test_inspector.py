"""One message under inspection leaves room for others."""

import asyncio

from postroom.inspection.checks import Named, checks
from postroom.inspection.edits import KEEP, Edit, Hit
from postroom.inspection.inspector import Inspector, Rules
from postroom.mail.mime import Flaw, Limits


class Nobody:
    """Minds nothing."""

    asking = True

    def act(self, hit: Hit) -> Edit:
        return KEEP

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        """Let it be."""


def test_a_message_of_many_headers_and_lines_keeps_nobody_waiting() -> None:
    """Others would wait for seconds, and so would their clients."""
    table = ("regexp:{{/never/ WARN}}",)
    limits = Limits(5, 100)
    rules = Rules(checks(Named(table, table, table, table)), limits, 1000, 0, 2048)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def inspect() -> None:
        waiting = asyncio.ensure_future(others())
        await Inspector(rules, Nobody()).read(b"a: b\r\n" * 2000 + b"\r\n" + b"c\r\n" * 2000)
        waiting.cancel()

    asyncio.run(inspect())
    assert turns >= 39
