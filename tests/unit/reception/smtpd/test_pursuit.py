"""What need not wait is done at once; the rest goes on as soon as it can, errors included."""

import asyncio

import pytest

from postroom.reception.smtpd.pursuit import Pursuit


async def at_once() -> None:
    return


def test_what_need_not_wait_is_done_at_once_and_nobody_is_called() -> None:
    ends: list[BaseException | None] = []
    assert Pursuit(at_once(), ends.append).step()
    assert ends == []


def test_an_error_in_the_first_step_comes_at_once() -> None:
    async def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        Pursuit(fails(), pytest.fail).step()


def test_the_rest_goes_on_when_its_futures_are_done() -> None:
    async def story() -> tuple[list[int], list[BaseException | None]]:
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in range(3)]
        seen: list[int] = []
        ends: list[BaseException | None] = []

        async def collects() -> None:
            for future in futures:
                seen.append(await future)
                await asyncio.sleep(0)

        assert not Pursuit(collects(), ends.append).step()
        for number, future in enumerate(futures):
            assert ends == []
            future.set_result(number)
            await asyncio.sleep(0.01)
        return seen, ends

    assert asyncio.run(story()) == ([0, 1, 2], [None])


def test_an_error_of_a_future_reaches_the_coroutine_and_its_own_error_the_owner() -> None:
    async def story() -> list[BaseException | None]:
        future = asyncio.get_running_loop().create_future()
        ends: list[BaseException | None] = []

        async def translates() -> None:
            try:
                await future
            except KeyError:
                raise ValueError("translated") from None

        Pursuit(translates(), ends.append).step()
        future.set_exception(KeyError())
        await asyncio.sleep(0.01)
        return ends

    (error,) = asyncio.run(story())
    assert isinstance(error, ValueError)


def test_a_future_that_was_given_up_ends_the_pursuit() -> None:
    async def story() -> list[BaseException | None]:
        future = asyncio.get_running_loop().create_future()
        ends: list[BaseException | None] = []

        async def waits() -> None:
            await future

        Pursuit(waits(), ends.append).step()
        future.cancel()
        await asyncio.sleep(0.01)
        return ends

    (error,) = asyncio.run(story())
    assert isinstance(error, asyncio.CancelledError)
