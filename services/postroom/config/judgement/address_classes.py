"""Domains in two address classes: which one counts would be luck."""

from collections.abc import Iterator
from itertools import combinations

from postroom.config import table_types
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity

_CLASSES = (
    "mydestination",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
    "relay_domains",
)


def contradictions(lookup: Lookup) -> Iterator[Problem]:
    """Warnings, as the daemons give them; domains in tables are theirs to find."""
    domains = {name: _domains(lookup, name) for name in _CLASSES if _is_set(lookup, name)}
    for one, other in combinations(domains, 2):
        for domain in sorted(domains[one] & domains[other]):
            path, line = lookup.place(other)
            text = f"do not list domain {domain} in BOTH {one} and {other}"
            yield Problem(Severity.WARNING, path, line, text)


def _is_set(lookup: Lookup, name: str) -> bool:
    """relay_domains was once mydestination by default; that is no contradiction."""
    return name == "mydestination" or name in lookup.main.assignments


def _domains(lookup: Lookup, name: str) -> frozenset[str]:
    words = lookup.typed(name)
    assert isinstance(words, tuple)
    return frozenset(
        word.lower() for word in words if not word.startswith("!") and not table_types.split(word)
    )
