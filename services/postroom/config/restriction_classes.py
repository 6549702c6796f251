"""Restriction classes: parameters of the admin's own that hold lists of restrictions.

smtpd_restriction_classes names them (postconf(5)); a list, or an access table, names a class where
it would name a restriction.
"""

from collections.abc import Iterator, Mapping

from postroom.config import restriction_names
from postroom.config.kinds import Restrictions
from postroom.config.lookup import Lookup, Overrides

Classes = Mapping[str, tuple[str, ...]]
# A class, or a table's answer, may name classes and tables that name more. What is deeper names
# itself: an error when it is applied.
MAX_DEPTH = 20


def restriction_classes(lookup: Lookup, overrides: Overrides) -> Classes:
    """The words of every class by its name; raises ConfigError for what cannot be read."""
    names = lookup.typed("smtpd_restriction_classes", overrides)
    assert isinstance(names, tuple)
    return {name: _words(lookup, name, overrides) for name in names}


def _words(lookup: Lookup, name: str, overrides: Overrides) -> tuple[str, ...]:
    try:
        return Restrictions().value(lookup.text(name, overrides))
    except ValueError as error:
        raise lookup.error(name, str(error), overrides) from None


def keeps_strangers_out(words: tuple[str, ...], classes: Classes) -> bool:
    """Whether a list refuses somebody who may not relay before it lets everybody through."""
    only_warn = False
    for word in _written_out(words, classes, MAX_DEPTH):
        name = word.lower()
        if name in restriction_names.BARRIERS and not only_warn:
            return True
        if name == "permit" and not only_warn:
            return False
        only_warn = name == restriction_names.ONLY_WARN
    return False


def _written_out(words: tuple[str, ...], classes: Classes, depth: int) -> Iterator[str]:
    for word in words:
        if word in classes and depth > 0:
            yield from _written_out(classes[word], classes, depth - 1)
        else:
            yield word
