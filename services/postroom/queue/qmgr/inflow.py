"""How fast new mail is taken while the active queue is full (main.cf: in_flow_delay; pure)."""


class Inflow:
    """Beyond what leaves, ``burst`` messages per ``delay`` seconds are let in.

    Postfix has each of its default_process_limit processes pause for in_flow_delay; here one
    process may serve more sessions than that, so it is the sum of them that is paced.
    """

    def __init__(self, delay: float, burst: int) -> None:
        self._delay = delay
        self._step = delay / burst
        # When the last message would have come, had all come evenly.
        self._even = 0.0

    def pause(self, now: float, *, room: bool) -> float:
        """How many seconds (of a monotonic clock's) the next message has to wait."""
        if room or not self._delay:
            return 0.0
        self._even = max(self._even, now) + self._step
        return max(0.0, self._even - now - self._delay)
