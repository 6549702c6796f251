"""What postconf -a, -A, -l and -m list: what this build of the mail system can do."""

from postroom.tables.opening import TYPES

LOCKS = ("flock", "fcntl", "dotlock")
"""Ways to lock a mailbox."""

# Table types by the code that opens them; proxy: asks for any of them.
TABLES = tuple(sorted((*TYPES, "proxy")))

LISTS: dict[str, tuple[str, ...]] = {"a": (), "A": (), "l": LOCKS, "m": TABLES}
"""Neither side authenticates yet, so that there are no SASL plug-ins."""
