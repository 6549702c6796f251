"""Who is next: pure, without I/O and without a clock of its own; the caller passes ``now``."""

from collections.abc import Callable, Iterable
from typing import Any

from postroom.queue.qmgr.deliveries import Delivery
from postroom.queue.qmgr.settings import Transport
from postroom.queue.qmgr.transport_queue import TransportQueue
from postroom.queue.qmgr.trouble import Trouble


class Scheduler:
    """All transports. Deliveries are asked for with ``next`` until there is none.

    ``retry_time`` is how long what failed is left alone, ``max_dead`` how many destinations of
    a transport are known to be dead; ``warn`` and ``tell`` get lines for the log.
    """

    def __init__(
        self,
        transports: Iterable[Transport],
        retry_time: float,
        max_dead: int,
        warn: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._transports = {
            transport.name: TransportQueue(transport, Trouble(retry_time, max_dead), warn, tell)
            for transport in transports
        }

    def transport(self, name: str) -> TransportQueue | None:
        """What waits for a transport; None if master.cf has no such service."""
        return self._transports.get(name)

    @property
    def recipients(self) -> int:
        """How many recipients wait or are being served."""
        return sum(transport.recipients for transport in self._transports.values())

    def expect(self, message: Any, unread: int) -> None:
        """Of a message of which only a part was read, so many recipients are still unread."""
        for transport in self._transports.values():
            transport.expect(message, unread)

    def next(self, now: float) -> tuple[TransportQueue, Delivery] | None:
        """The next delivery that may start; None if all is busy, empty or delayed."""
        for transport in self._transports.values():
            if transport.waiting:
                delivery = transport.next(now)
                if delivery is not None:
                    return transport, delivery
        return None

    def withdraw(self, message: Any, now: float) -> list[Delivery]:
        """Take away what waits of one message in all transports."""
        return [d for t in self._transports.values() for d in t.withdraw(message, now)]

    def forget_trouble(self) -> None:
        """Empty the lists of dead transports and destinations."""
        for transport in self._transports.values():
            transport.forget_trouble()

    def wake_time(self) -> float | None:
        """When to call ``next`` again though nothing else happened."""
        times = [transport.wake_time() for transport in self._transports.values()]
        return min((time for time in times if time is not None), default=None)
