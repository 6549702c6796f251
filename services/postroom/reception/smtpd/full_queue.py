"""Refuse at MAIL what the queue had no room for a moment ago (main.cf: queue_minfree).

Asking before every message would cost each of them, and wake the queue manager for clients
that will be turned away; so the first client learns it at the end of its message, and those
that come soon after before they send theirs.
"""

import time
from collections.abc import Callable

from postroom.contracts.cleanup import Refused
from postroom.esmtp.reply import Reply

# The enhanced code of a queue that has no room (RFC 3463 section 3.4: mail system full).
_FULL = "4.3.1"
# How long (seconds) before a client may try whether there is room again.
MEMORY = 5.0


class FullQueue:
    """What this smtpd knows of the queue's room."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until = 0.0
        self._reply: Reply | None = None

    def note(self, answer: Refused) -> None:
        """Remember a refusal, if it was for want of room."""
        if answer.code == _FULL:
            self._until = self._now() + MEMORY
            self._reply = Reply(answer.reply, answer.code, answer.text)

    def refusal(self) -> Reply | None:
        """What to answer a client that wants to begin a message; None lets it try."""
        return self._reply if self._now() < self._until else None
