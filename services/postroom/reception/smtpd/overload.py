"""When as many clients are served as master.cf has processes for (STRESS_README)."""

from collections.abc import Callable

from postroom.maillog.smtpd import SmtpdLog

# How long new clients are still served as under overload when it is over: a crowd comes back.
CALM_SECONDS = 60.0


class Overload:
    """``limit`` 0 is none; then there is no overload. ``clock`` counts seconds."""

    def __init__(self, service: str, limit: int, log: SmtpdLog, clock: Callable[[], float]) -> None:
        self._service = service
        self._limit = limit
        self._log = log
        self._clock = clock
        self._ends = 0.0

    def holds(self, sessions: int) -> bool:
        """Whether a client that comes now, with so many there, is to be served under stress."""
        now = self._clock()
        if self._limit and sessions >= self._limit:
            if now >= self._ends:
                self._log.overload(self._service, self._limit)
            self._ends = now + CALM_SECONDS
        return now < self._ends
