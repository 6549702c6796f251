"""In the place of qmgr: takes messages, and keeps them no longer than the explanation."""

import os
import time
from typing import Any

from postroom.contracts.cleanup import Ready
from postroom.contracts.qmgr import DropFile, Enqueue, EnqueueFile, LeaseIds, OpenFile, Stored
from postroom.ipc.contract import BrokenContract, Question
from postroom.ipc.server import WithDescriptors
from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import QueueIdAllocator


class MemoryQueue:
    """Answers contracts/qmgr; ``envelopes`` are those of all messages so far."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._ids = QueueIdAllocator(0)

    async def answer(self, question: Question[Any], _: list[int]) -> Any:
        match question:
            case LeaseIds(count):
                return self._ids.lease(count, time.time())
            case OpenFile():
                return WithDescriptors(Ready(), [os.memfd_create("message")])
            case DropFile():
                return Ready()
            case Enqueue(_, envelope) | EnqueueFile(_, envelope):
                self.envelopes.append(envelope)
                return Stored()
        raise BrokenContract(f"qmgr: {type(question).__name__} explains nothing")
