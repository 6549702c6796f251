"""Open relays: anybody may send mail to anywhere through this machine."""

from collections.abc import Iterable, Iterator

from postroom.config import restriction_names
from postroom.config.judgement.written import overrides_of, words_of, written_or_default
from postroom.config.lookup import Lookup, Overrides
from postroom.config.master_cf import ServiceLine
from postroom.config.problem import Problem, Severity

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
    return any(
        _refuses(word.lower() for word in lookup.text(name, overrides).replace(",", " ").split())
        for name in _LISTS
    )


def _refuses(words: Iterable[str]) -> bool:
    only_warn = False
    for word in words:
        if word in restriction_names.BARRIERS and not only_warn:
            return True
        if word == "permit" and not only_warn:
            return False
        only_warn = word == restriction_names.ONLY_WARN
    return False


def _unguarded(lookup: Lookup, service: ServiceLine) -> Problem:
    text = (
        f"{service.name}: anybody could relay mail through this service: in "
        f"{' or '.join(_LISTS)}, name one of {', '.join(sorted(restriction_names.BARRIERS))}"
    )
    return Problem(Severity.ERROR, lookup.master.path, service.line, text)
