"""The life of a worker: batches of tasks, all as one user, until the line ends."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from postroom.delivery.content import Content
from postroom.delivery.impersonation import packets
from postroom.delivery.impersonation.tasks import Result, Task, decode_tasks


class Job(NamedTuple):
    """One task, and the message it is about."""

    task: Any
    content: Content


# Does jobs of one kind; gives a result for each, in their order.
Skill = Callable[[Sequence[Job]], Sequence[Result]]


class Worker:
    """Does tasks by ``skills``: a function per kind of task."""

    def __init__(self, skills: Mapping[type[Task], Skill]) -> None:
        self._skills = skills

    def __call__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        while True:
            packet, descriptors = packets.receive(sock)
            if not packet:
                return
            jobs = [_job(task, descriptors) for task in decode_tasks(packet)]
            for answer in packets.batched(map(msgspec.msgpack.encode, self._do(jobs))):
                packets.send(sock, answer)

    def _do(self, jobs: list[Job]) -> Iterator[Result]:
        for kind, group in groupby(jobs, key=lambda job: type(job.task)):
            yield from self._do_alike(kind, list(group))

    def _do_alike(self, kind: type[Task], jobs: list[Job]) -> Sequence[Result]:
        skill = self._skills.get(kind)
        if skill is None:
            text = f"a task that this agent does not do: {kind.__name__}"
            return [Result("4.3.5", text)] * len(jobs)
        try:
            return skill(jobs)
        except OSError as error:
            return [Result.trouble(error)] * len(jobs)
        finally:
            for job in jobs:
                job.content.close()


def _job(task: Any, descriptors: list[int]) -> Job:
    """The task takes the first of ``descriptors`` if its message is not in it."""
    message = task.message
    if message.content is not None:
        return Job(task, Content(message.size, data=message.content))
    return Job(task, Content(message.size, descriptor=descriptors.pop(0), offset=message.offset))
