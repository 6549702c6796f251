"""Restrictions that ask verify(8) where master.cf has no such service."""

from collections.abc import Iterator

from postroom.config.judgement.written import words_of, written, written_classes
from postroom.config.kinds import Restrictions
from postroom.config.lookup import Lookup
from postroom.config.parameters import declaration
from postroom.config.problem import Problem

_SERVICE = "verify"
_ASKING = frozenset(("reject_unverified_recipient", "reject_unverified_sender"))


def missing_verifier(lookup: Lookup) -> Iterator[Problem]:
    """Every client would be told to come back."""
    if _SERVICE in lookup.transports:
        return
    lists = [(one, words_of(lookup, one)) for one in written(lookup) if _is_list(one.name)]
    for one, words in (*lists, *written_classes(lookup)):
        for word in words:
            if word.lower() in _ASKING:
                yield one.error(f"{word}: master.cf has no service {_SERVICE} of type unix")


def _is_list(name: str) -> bool:
    parameter = declaration(name)
    return parameter is not None and isinstance(parameter.kind, Restrictions)
