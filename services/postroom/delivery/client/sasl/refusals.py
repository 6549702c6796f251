"""Servers that did not take a password lately: asking again would only lock the account."""

import time
from collections.abc import Callable

from postroom.delivery.client.sasl.mechanisms import Login
from postroom.esmtp.reply_parser import PeerReply

# One entry per server and account in trouble; more than this is no cache of accidents.
MAX_REFUSALS = 1000

_Key = tuple[str, Login]


class Refusals:
    """smtp_sasl_auth_cache_name and its time; kept while this process runs, in it alone."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._known: dict[_Key, tuple[float, PeerReply]] = {}

    def add(self, host: str, login: Login, reply: PeerReply) -> None:
        while len(self._known) >= MAX_REFUSALS:
            del self._known[next(iter(self._known))]
        self._known[host, login] = self._clock(), reply

    def find(self, host: str, login: Login) -> PeerReply | None:
        """What the server said, if that still counts."""
        when, reply = self._known.get((host, login), (float("-inf"), None))
        if reply is None or self._clock() - when > self._seconds:
            self._known.pop((host, login), None)
            return None
        return reply
