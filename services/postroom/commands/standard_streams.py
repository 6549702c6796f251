"""Standard input and output of a command whose caller has closed some of them, as daemons do."""

import posix
import sys


def open_missing() -> None:
    """Put /dev/null in the place of what is closed, as Postfix's commands do.

    Else the next file or socket would take that place, and be read from or written to.
    """
    for descriptor in range(3):
        try:
            posix.fstat(descriptor)
        except OSError:
            posix.set_inheritable(posix.open("/dev/null", posix.O_RDWR), True)
    # What Python makes at its start, but not of what is closed.
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
