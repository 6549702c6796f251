"""Dates as mail headers show them (RFC 5322 section 3.3), in the machine's own time zone."""

from functools import lru_cache
from time import localtime, strftime


def format_date(when: float) -> str:
    """``Tue, 24 Nov 2026 13:23:25 +0100 (CET)`` for a time in seconds since 1970."""
    return _format_second(int(when))


# A server writes the same second many times over; a queue run shows some old ones between.
@lru_cache(maxsize=64)
def _format_second(when: int) -> str:
    # The C locale of a process that never calls setlocale(3) gives RFC 5322's own names.
    return strftime("%a, %d %b %Y %H:%M:%S %z (%Z)", localtime(when))


@lru_cache(maxsize=64)
def compact_local(when: int) -> str:
    """``20261124132325``, local time, the first part of a Message-ID we make."""
    return strftime("%Y%m%d%H%M%S", localtime(when))
