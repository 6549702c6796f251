"""A message's story in one call: submitted to cleanup, and what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from postroom.contracts.cleanup import (
    Abandon,
    Begin,
    Chunk,
    End,
    Queued,
    Ready,
    Submit,
)
from postroom.mail.envelope import Client, Envelope, Recipient, Submitter
from unit.cleanup.peers import Bench, bench

ID = "0605EB1D5A3C0"
REMOTE = Client("client.example", "192.0.2.1", 4242, "helo.example", "ESMTP")
ARRIVAL = 1_700_000_000.0


def envelope(*recipients: str, sender: str = "a@one.example", **fields: Any) -> Envelope:
    to = tuple(map(Recipient, recipients or ("b@two.example",)))
    fields.setdefault("client", REMOTE)
    return Envelope(sender, to, ARRIVAL, **fields)


def local(*recipients: str, name: str = "", **fields: Any) -> Envelope:
    submitter = Submitter(1000, "joe", name)
    return envelope(*recipients, client=None, submitter=submitter, rewrite_locally=True, **fields)


def run(story: Callable[[Bench], Awaitable[None]], **settings: Any) -> Bench:
    async def told() -> Bench:
        async with bench(**settings) as here:
            await story(here)
            return here

    return asyncio.run(told())


def submit(env: Envelope, content: bytes, **settings: Any) -> tuple[Any, Bench]:
    answers: list[Any] = []

    async def story(here: Bench) -> None:
        answers.append(await here.client.ask(Submit(ID, env, content)))

    here = run(story, **settings)
    return answers[0], here


def stored(env: Envelope, content: bytes, **settings: Any) -> tuple[Envelope, bytes]:
    answer, here = submit(env, content, **settings)
    assert answer == Queued(ID)
    return here.qmgr.stored[ID]


def without_received(content: bytes) -> bytes:
    """The content behind the Received field that cleanup put first."""
    end = content.index(b"\r\n")
    while content[end + 2 : end + 3] == b"\t":
        end = content.index(b"\r\n", end + 2)
    assert content.startswith(b"Received: ")
    return content[end + 2 :]


MESSAGE = b"From: a@one.example\r\nSubject: hello\r\n\r\nbody\r\n..dot\r\n"


async def upload(here: Bench, content: bytes, size: int = 3) -> Any:
    assert await here.client.ask(Begin(ID, envelope())) == Ready()
    for start in range(0, len(content), size):
        answer = await here.client.ask(Chunk(ID, content[start : start + size]))
        if answer != Ready():
            await here.client.ask(Abandon(ID))
            return answer
    return await here.client.ask(End(ID))
