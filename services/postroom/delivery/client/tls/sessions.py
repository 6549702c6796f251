"""TLS sessions to resume: the next connection to a server needs no certificates (RFC 8446 2.2)."""

import ssl
import time
from collections import OrderedDict
from collections.abc import Callable

# A session is a few kB, and few destinations get mail all the time.
MAX_SESSIONS = 500

_Key = tuple[int, str]


class Sessions:
    """smtp_tls_session_cache_timeout; in this process alone, whatever database main.cf names."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._known: OrderedDict[_Key, tuple[float, ssl.SSLSession]] = OrderedDict()

    def keep(self, context: ssl.SSLContext, server: str, session: ssl.SSLSession | None) -> None:
        """A session belongs to the context it was made in, and so to its policy."""
        if session is None or self._seconds <= 0:
            return
        self._known[id(context), server] = self._clock(), session
        if len(self._known) > MAX_SESSIONS:
            self._known.popitem(last=False)

    def take(self, context: ssl.SSLContext, server: str) -> ssl.SSLSession | None:
        """A ticket is for one use (RFC 8446 section C.4)."""
        since, session = self._known.pop((id(context), server), (0.0, None))
        return session if self._clock() - since < self._seconds else None
