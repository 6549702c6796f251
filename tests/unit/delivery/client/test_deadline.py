"""A deadline fires once, when the time last set is over."""

import asyncio

from postroom.delivery.client.deadline import Deadline


def _fired(*settings: float, wait: float) -> int:
    async def run() -> int:
        count = 0

        def expired() -> None:
            nonlocal count
            count += 1

        deadline = Deadline(expired)
        for seconds in settings:
            deadline.set(seconds)
        await asyncio.sleep(wait)
        deadline.close()
        return count

    return asyncio.run(run())


def test_the_last_setting_counts() -> None:
    assert _fired(0.01, wait=0.05) == 1
    assert _fired(5.0, 0.01, wait=0.05) == 1
    assert _fired(0.01, 5.0, wait=0.05) == 0
    assert _fired(0.01, 0, wait=0.05) == 0, "0 is never"
