"""Bound the time a regular expression may take: nested repeats can need years for one line.

The matcher of ``re`` looks for signals while it searches, so a timer of this thread's CPU time
(setitimer(2), SIGVTALRM) ends a search. Only the main thread of Python handles signals; in any
other thread the bound on the length of the text is all there is.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What Postfix allows a logical header to be (header_size_limit), the longest text searched.
MAX_TEXT = 102_400
# Seconds of CPU for one lookup: thousands of times what a sane table needs.
MAX_SECONDS = 1.0


class TooSlow(Exception):
    """The search was given up."""


_armed = False
# Python takes longer to set a handler than to search a line.
_handled = False


def _expired(signal_number: int, frame: FrameType | None) -> None:
    if _armed:
        raise TooSlow


@contextmanager
def bounded() -> Iterator[None]:
    """Raises TooSlow inside the block once it used MAX_SECONDS of CPU time."""
    global _armed, _handled  # noqa: PLW0603 - a process has one such timer
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if not _handled:
        signal.signal(signal.SIGVTALRM, _expired)
        _handled = True
    _armed = True
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS)
    try:
        yield
    finally:
        _armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
