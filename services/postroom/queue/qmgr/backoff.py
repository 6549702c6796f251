"""When a message is tried again, and when no more (qmgr(8); pure)."""

from typing import NamedTuple


class Backoff(NamedTuple):
    """The parameters of the same names, in seconds."""

    minimal_backoff_time: float
    maximal_backoff_time: float
    maximal_queue_lifetime: float
    bounce_queue_lifetime: float
    delay_warning_time: float

    def next_attempt(self, arrival: float, now: float) -> float:
        """As much later as the message is old, within the limits."""
        age = now - arrival
        return now + min(max(age, self.minimal_backoff_time), self.maximal_backoff_time)

    def expired(self, sender: str, arrival: float, now: float) -> bool:
        """Whether it is returned now; bounces have a lifetime of their own."""
        lifetime = self.maximal_queue_lifetime if sender else self.bounce_queue_lifetime
        return now - arrival >= lifetime

    def warning_due(self, arrival: float, now: float) -> bool:
        """Whether the sender should hear that it waits; 0 means never."""
        return 0 < self.delay_warning_time <= now - arrival
