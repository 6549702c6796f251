"""What postconf -a, -A, -l and -m list: what this build of the mail system can do."""

from postroom.tables.opening import TYPES

SERVER_SASL = ("dovecot",)
"""What smtpd_sasl_type can be."""

CLIENT_SASL = ("cyrus",)
"""smtp_sasl_type's default, by which the clients' own mechanisms go: programs look for this name
where they want to know whether there are any."""

LOCKS = ("flock", "fcntl", "dotlock")
"""Ways to lock a mailbox."""

# Table types by the code that opens them; proxy: asks for any of them.
TABLES = tuple(sorted((*TYPES, "proxy")))

LISTS: dict[str, tuple[str, ...]] = {
    "a": SERVER_SASL,
    "A": CLIENT_SASL,
    "l": LOCKS,
    "m": TABLES,
}
