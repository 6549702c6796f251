"""What postconf -a, -A, -l and -m list: what this build of the mail system can do."""

from collections.abc import Callable

from postroom.tables.libraries import missing_library
from postroom.tables.opening import TYPES

SERVER_SASL = ("dovecot",)
"""What smtpd_sasl_type can be."""

CLIENT_SASL = ("cyrus",)
"""smtp_sasl_type's default, by which the clients' own mechanisms go: programs look for this name
where they want to know whether there are any."""

LOCKS = ("flock", "fcntl", "dotlock")
"""Ways to lock a mailbox."""


def tables() -> tuple[str, ...]:
    """Types of tables whose libraries are installed; proxy: asks for any of them."""
    return tuple(sorted((*(kind for kind in TYPES if missing_library(kind) is None), "proxy")))


LISTS: dict[str, Callable[[], tuple[str, ...]]] = {
    "a": lambda: SERVER_SASL,
    "A": lambda: CLIENT_SASL,
    "l": lambda: LOCKS,
    "m": tables,
}
