"""The content of a message as a request carries it: inside, or as a descriptor beside it."""

import os
from types import TracebackType

from postroom.contracts.qmgr import MAX_CONTENT
from postroom.spool.stored import StoredMessage


class Enclosed:
    """``inline``, or one of ``descriptors`` from ``offset`` on; closed at the end of the block.

    Entering raises Corrupt or OSError.
    """

    __slots__ = ("_stored", "descriptors", "inline", "offset")

    def __init__(self, stored: StoredMessage) -> None:
        self._stored = stored
        self.inline: bytes | None = None
        self.descriptors: tuple[int, ...] = ()
        self.offset = 0

    def __enter__(self) -> "Enclosed":
        if self._stored.size <= MAX_CONTENT:
            self.inline = self._stored.content()
        else:
            descriptor, self.offset = self._stored.open()
            self.descriptors = (descriptor,)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)
