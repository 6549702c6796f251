"""The life of a worker: one task after the other, all as one user, until the line ends."""

import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from postroom.delivery.content import Content
from postroom.delivery.impersonation import packets
from postroom.delivery.impersonation.tasks import Result, Task, decode_task

Skill = Callable[[Any, Content], Result]


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
            packets.send(sock, msgspec.msgpack.encode(self._do(packet, descriptors)))

    def _do(self, packet: bytes, descriptors: list[int]) -> Result:
        task = decode_task(packet)
        skill = self._skills.get(type(task))
        if skill is None:
            return Result("4.3.5", f"a task that this agent does not do: {type(task).__name__}")
        content = _content(task, descriptors)
        try:
            return skill(task, content)
        except OSError as error:
            where = f" {error.filename}:" if error.filename else ""
            return Result("4.3.0", f"delivery failed:{where} {os.strerror(error.errno or 0)}")
        finally:
            content.close()


def _content(task: Task, descriptors: list[int]) -> Content:
    message = getattr(task, "message", None)
    if message is None:
        return Content(0, data=b"")
    if message.content is not None:
        return Content(message.size, data=message.content)
    (descriptor,) = descriptors
    return Content(message.size, descriptor=descriptor, offset=message.offset)
