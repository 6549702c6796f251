"""What the queue commands ask the queue manager, and pickup."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from postroom.contracts import showq, submitted
from postroom.contracts.showq import Entry, NotAllowed
from postroom.contracts.submitted import Submitted
from postroom.ipc.blocking import BlockingLine
from postroom.ipc.contract import Contract, Question
from postroom.systemd.places import socket_path

A = TypeVar("A")
P = TypeVar("P", showq.Page, submitted.Page)

# main.cf: ipc_timeout. Both answer at once, but may have to start first.
_TIMEOUT_SECONDS = 3600.0


class NotPermitted(Exception):
    """The calling user may not ask this."""


def ask(question: Question[A | NotAllowed]) -> A:
    """The answer to a question users may ask; raises Unavailable or NotPermitted."""
    with _line(showq.CONTRACT) as line:
        line.send(question)
        return _permitted(line.answer(question))


def pages() -> Iterator[tuple[Entry, ...]]:
    """Every queued message, oldest first. Raises Unavailable or NotPermitted."""
    for page in _pages(showq.CONTRACT, showq.List):
        yield page.entries


def submitted_pages() -> Iterator[tuple[Submitted, ...]]:
    """Every message in the maildrop; nothing where nobody is there to ask, because master.cf has
    no pickup or the mail system is stopped. Raises Unavailable or NotPermitted."""
    if Path(socket_path(submitted.CONTRACT.name)).exists():
        for page in _pages(submitted.CONTRACT, submitted.List):
            yield page.entries


def _pages(
    contract: Contract, beginning_at: Callable[[int], Question[P | NotAllowed]]
) -> Iterator[P]:
    """Each is made while we look at the one before."""
    question = beginning_at(0)
    with _line(contract) as line:
        line.send(question)
        while True:
            page = _permitted(line.answer(question))
            if page.following:
                question = beginning_at(page.following)
                line.send(question)
            yield page
            if not page.following:
                return


def _line(contract: Contract) -> BlockingLine:
    return BlockingLine(socket_path(contract.name), contract, _TIMEOUT_SECONDS)


def _permitted(answer: A | NotAllowed) -> A:
    if isinstance(answer, NotAllowed):
        raise NotPermitted
    return answer
