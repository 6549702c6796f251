"""Warnings that mail for one destination fills the active queue, in the words of Postfix."""

from collections.abc import Callable, Iterable

from postroom.queue.qmgr.transport_queue import Group, TransportQueue

# A destination clogs the queue from this part of the most messages that may be active.
_SHARE = 5
# Other mail is in its way, and said to be, if it makes this part of what is active.
_OTHERS = 10
# What Postfix says at the end of each such warning.
_ADVICE = (
    "please avoid flushing the whole queue when you have",
    "lots of deferred mail, that is bad for performance",
    "to turn off these warnings specify: qmgr_clog_warn_time = 0",
)


class Clogging:
    """``warn`` gets the lines, for each destination once in ``interval`` seconds; 0 is never.

    ``active`` says how many messages are active now, ``limit`` is how many may be.
    """

    def __init__(
        self,
        limit: int,
        interval: float,
        active: Callable[[], int],
        warn: Callable[[str], None],
    ) -> None:
        self._least = limit // _SHARE + 1
        self._interval = interval
        self._active = active
        self._warn = warn
        self._warned: dict[tuple[str, str], float] = {}

    def look(self, queue: TransportQueue, groups: Iterable[Group], now: float) -> None:
        """Mail for some destinations was added."""
        if not self._interval or queue.messages < self._least:
            return
        for group in groups:
            share = queue.load(group.destination)
            if share >= self._least and self._is_time(queue.name, group.destination, now):
                for line in _lines(queue, group.destination, share, max(share, self._active())):
                    self._warn(line)

    def _is_time(self, transport: str, destination: str, now: float) -> bool:
        warned = {key: time for key, time in self._warned.items() if time > now - self._interval}
        due = (transport, destination) not in warned
        if due:
            warned[transport, destination] = now
            self._warned = warned
        return due


def _lines(queue: TransportQueue, destination: str, share: int, active: int) -> Iterable[str]:
    yield f"mail for {destination} is using up {share} of {active} active queue entries"
    if (active - share) * _OTHERS > active:
        yield "this may slow down other mail deliveries"
    if queue.at_limit(destination):
        parameter = f"{queue.name}_destination_concurrency_limit"
        yield f"you may need to increase the main.cf {parameter} from {queue.concurrency_limit}"
    elif active > share:
        yield f"you may need a separate master.cf transport for {destination}"
    else:
        yield f"you may need to reduce {queue.name} connect and helo timeouts"
        yield "so that Postfix quickly skips unavailable hosts"
        yield "you may need to increase the main.cf minimal_backoff_time and maximal_backoff_time"
        yield "so that Postfix wastes less time on undeliverable mail"
        yield f"you may need to increase the master.cf {queue.name} process limit"
    yield from _ADVICE
