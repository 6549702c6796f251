"""What need not wait is done at once; the rest behaves as if it had always been a task."""

import asyncio

import pytest

from postroom.reception.smtpd.first_step import Rest, first_step


async def at_once() -> int:
    return 7


def test_what_need_not_wait_is_done_at_once() -> None:
    assert first_step(at_once()) == 7


def test_an_error_in_the_first_step_comes_at_once() -> None:
    async def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        first_step(fails())


def test_the_rest_waits_and_ends_with_the_result() -> None:
    async def story() -> int:
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in range(3)]

        async def adds() -> int:
            return sum([await future for future in futures])

        rest = first_step(adds())
        assert isinstance(rest, Rest)
        task = asyncio.ensure_future(_await(rest))
        for number, future in enumerate(futures):
            await asyncio.sleep(0)
            future.set_result(number)
        return await task

    assert asyncio.run(story()) == 3


def test_errors_and_cancellation_reach_the_coroutine() -> None:
    async def story() -> list[str]:
        loop = asyncio.get_running_loop()
        seen = []
        first, second = loop.create_future(), loop.create_future()

        async def careful() -> None:
            try:
                await first
            except ValueError:
                seen.append("error")
            try:
                await second
            finally:
                seen.append("cleaned up")

        rest = first_step(careful())
        assert isinstance(rest, Rest)
        task = asyncio.ensure_future(_await(rest))
        first.set_exception(ValueError())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return seen

    assert asyncio.run(story()) == ["error", "cleaned up"]


async def _await(rest: Rest[int]) -> int:
    return await rest
