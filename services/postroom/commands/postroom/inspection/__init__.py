"""What ``postroom check`` looks at besides main.cf and master.cf: one module per kind of thing.

Only warnings and notes come of it but for what leaves no TLS: certificates and lists. The
generator judges without it, early at boot, when homes and keys may not be there yet.
"""

from collections.abc import Callable, Iterator

from postroom.commands.postroom.inspection import (
    accounts,
    alias_files,
    certificates,
    listeners,
    reach,
    spool,
    table_libraries,
    table_rights,
    table_rules,
    tls_lists,
    transports,
)
from postroom.config.configuration import Configuration
from postroom.config.problem import Problem

_RULES: tuple[Callable[[Configuration], Iterator[Problem]], ...] = (
    certificates.unusable,
    tls_lists.misunderstood,
    table_libraries.missing,
    table_rights.too_wide,
    table_rules.unusable,
    alias_files.doubtful,
    accounts.unknown,
    reach.too_short,
    listeners.contended,
    spool.open_to_others,
    spool.submission,
    transports.unknown,
    transports.unused,
)


def findings(configuration: Configuration) -> tuple[Problem, ...]:
    """All of them, each once."""
    found = [problem for rule in _RULES for problem in rule(configuration)]
    return tuple(dict.fromkeys(found))
