"""Whether there is room for one more message in the maildrop's file system."""

import os
from pathlib import Path

from postroom.reception.submission import Refusal

# Postfix's smtpd wants room for one and a half messages of the largest size (postconf(5),
# queue_minfree); local mail has always been allowed to use the rest, down to this.
RESERVE = 64 * 1024


class Room:
    """``minimum`` bytes (queue_minfree) must stay free."""

    def __init__(self, minimum: int) -> None:
        self._minimum = max(minimum, RESERVE)

    def check(self, directory: Path) -> None:
        """Raises Refusal with a code that makes sendmail exit with EX_TEMPFAIL."""
        space = os.statvfs(directory)
        if space.f_bavail * space.f_frsize < self._minimum:
            raise Refusal("4.3.1 insufficient system storage")
