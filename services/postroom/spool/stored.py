"""A message in the spool, wherever it is: what qmgr knows of it and can have done with it."""

from abc import ABC, abstractmethod

from postroom.mail.queue_id import QueueId
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State


class StoredMessage(ABC):
    """One message on the disk.

    ``state`` and ``done`` are as they were when the message was stored or loaded: the
    recipients with an index in ``done`` were served in an earlier attempt. ``size`` is the
    content's, in bytes.
    """

    __slots__ = ("done", "number", "queue_id", "size", "state")

    def __init__(
        self, queue_id: QueueId, size: int, state: State, done: frozenset[int] = frozenset()
    ) -> None:
        self.queue_id = queue_id
        self.number = int(queue_id, 16)
        self.size = size
        self.state = state
        self.done = done

    @abstractmethod
    def content(self) -> bytes:
        """The whole content, verified; for small messages. Raises Corrupt or OSError."""

    @abstractmethod
    def open(self) -> tuple[int, int]:
        """A read-only descriptor (the caller's to close) and where in it the content begins.

        Raises OSError."""

    @abstractmethod
    def recipients_done(self, indexes: tuple[int, ...]) -> None:
        """Some recipients need nothing more, others do; recorded soon."""

    @abstractmethod
    def forget(self) -> None:
        """Nobody needs anything more; recorded soon."""

    @abstractmethod
    async def wait(self, queue: QueueDirectory, state: State, due: float) -> None:
        """Let it wait in ``queue`` until ``due`` with another state; raises OSError.

        Returns when that is durable; this object is of no use then.
        """
