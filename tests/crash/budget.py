"""How long the crash tests go on: seconds in `make test`, minutes in `make crash`."""

import os
import random
import time

# ``make crash`` says how much time all of them have together.
MINUTES = float(os.environ.get("POSTROOM_CRASH_MINUTES", "0"))
LONG = MINUTES > 0
# What chooses what is killed, cut and made to fail; the same number chooses the same.
SEED = int(os.environ.get("POSTROOM_SEED", random.randrange(1_000_000)))


class Deadline:
    """``short`` seconds from now, or a ``share`` of the time that was given."""

    def __init__(self, short: float, share: float) -> None:
        self._at = time.monotonic() + (MINUTES * 60 * share if LONG else short)

    @property
    def passed(self) -> bool:
        return time.monotonic() > self._at
