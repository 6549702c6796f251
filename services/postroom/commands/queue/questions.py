"""What the queue commands ask the queue manager, and pickup."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from postroom.contracts import queue_admin, showq, submitted
from postroom.contracts.showq import Entry, List, NotAllowed
from postroom.contracts.submitted import Submitted
from postroom.ipc.blocking import BlockingLine
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question
from postroom.systemd.places import socket_path

A = TypeVar("A")

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
    """Every queued message, oldest first; the queue manager makes a page while we look at the
    one before. Raises Unavailable or NotPermitted."""
    question = List()
    with _line(showq.CONTRACT) as line:
        line.send(question)
        while True:
            page = _permitted(line.answer(question))
            if page.more:
                question = List(page.entries[-1].queue_id)
                line.send(question)
            yield page.entries
            if not page.more:
                return


def submitted_pages() -> Iterator[tuple[Submitted, ...]]:
    """Every message in the maildrop; nothing where nobody is there to ask, because master.cf has
    no pickup or the mail system is stopped. Raises Unavailable or NotPermitted."""
    if not Path(socket_path(submitted.CONTRACT.name)).exists():
        return
    question = submitted.List()
    with _line(submitted.CONTRACT) as line:
        while True:
            line.send(question)
            page = _permitted(line.answer(question))
            yield page.messages
            if not page.following:
                return
            question = submitted.List(page.following)


def superuser() -> Client:
    """Asks what only the superuser may ask."""
    return Client(socket_path(queue_admin.CONTRACT.name), queue_admin.CONTRACT)


def _line(contract: Contract) -> BlockingLine:
    return BlockingLine(socket_path(contract.name), contract, _TIMEOUT_SECONDS)


def _permitted(answer: A | NotAllowed) -> A:
    if isinstance(answer, NotAllowed):
        raise NotPermitted
    return answer
