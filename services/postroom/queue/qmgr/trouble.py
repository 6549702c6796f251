"""The short-term list of what does not work: dead destinations and dead transports."""

from typing import NamedTuple


class Reason(NamedTuple):
    """The status that recipients get who are not tried, ``until`` when (monotonic)."""

    until: float
    code: str
    text: str


class Trouble:
    """Of one transport. Its own trouble stands before that of its destinations."""

    def __init__(self, retry_time: float, most: int) -> None:
        self._retry_time = retry_time
        self._most = most
        self._transport: Reason | None = None
        self._destinations: dict[str, Reason] = {}

    def __bool__(self) -> bool:
        """Whether anything is on the list, though perhaps no longer true."""
        return self._transport is not None or bool(self._destinations)

    def reason(self, destination: str, now: float) -> Reason | None:
        """Why a destination is not to be tried now, if so."""
        if self._transport is not None:
            if now < self._transport.until:
                return self._transport
            self._transport = None
        dead = self._destinations.get(destination)
        if dead is not None and now >= dead.until:
            del self._destinations[destination]
            return None
        return dead

    def transport_failed(self, code: str, text: str, now: float) -> None:
        """Nothing that goes by this transport is to be tried for a while."""
        self._transport = Reason(now + self._retry_time, code, text)

    def destination_failed(self, destination: str, code: str, text: str, now: float) -> None:
        """One destination is not to be tried; a list that is full forgets what is over."""
        known = self._destinations
        if len(known) >= self._most:
            known = {name: old for name, old in known.items() if old.until > now}
            self._destinations = known
        if len(known) < self._most:
            known[destination] = Reason(now + self._retry_time, code, text)

    def destination_works(self, destination: str) -> None:
        """It was reached."""
        self._destinations.pop(destination, None)

    def forget(self) -> None:
        """Try everything again (postqueue -f)."""
        self._transport = None
        self._destinations.clear()
