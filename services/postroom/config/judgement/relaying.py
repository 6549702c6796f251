"""Open relays: anybody may send mail to anywhere through this machine."""

from collections.abc import Iterator

from postroom.config import restriction_names
from postroom.config.judgement.written import overrides_of, words_of, written_or_default
from postroom.config.lookup import Lookup, Overrides
from postroom.config.master_cf import ServiceLine
from postroom.config.problem import Problem, Severity
from postroom.config.restriction_classes import keeps_strangers_out, restriction_classes

_LISTS = ("smtpd_relay_restrictions", "smtpd_recipient_restrictions")

_EVERYBODY = frozenset(("0.0.0.0/0", "[::]/0", "::/0", "[::/0]", "static:all"))
"""Networks that hold every client."""


def open_relays(lookup: Lookup) -> Iterator[Problem]:
    for service in lookup.services:
        if service.program == "smtpd" and not is_guarded(lookup, overrides_of(service)):
            yield _unguarded(lookup, service)
    for one in written_or_default(lookup, "mynetworks"):
        if everybody := _EVERYBODY.intersection(words_of(lookup, one)):
            yield one.error(f"{min(everybody)} lets anybody relay mail through this machine")


def is_guarded(lookup: Lookup, overrides: Overrides) -> bool:
    """Whether some list refuses strangers before it lets everybody through."""
    classes = restriction_classes(lookup, overrides)
    lists = (lookup.typed(name, overrides) for name in _LISTS)
    return any(isinstance(words, tuple) and keeps_strangers_out(words, classes) for words in lists)


def _unguarded(lookup: Lookup, service: ServiceLine) -> Problem:
    text = (
        f"{service.name}: anybody could relay mail through this service: in "
        f"{' or '.join(_LISTS)}, name one of {', '.join(sorted(restriction_names.BARRIERS))}"
    )
    return Problem(Severity.ERROR, lookup.master.path, service.line, text)
