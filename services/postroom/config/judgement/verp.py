"""Delimiters of variable return paths (VERP_README) that the other parameter does not allow."""

from collections.abc import Iterator

from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

_DELIMITERS = "default_verp_delimiters"
_FILTER = "verp_delimiter_filter"


def bad_delimiters(lookup: Lookup) -> Iterator[Problem]:
    """Where either is written."""
    for one in written(lookup):
        if one.name not in (_DELIMITERS, _FILTER):
            continue
        delimiters = lookup.text(_DELIMITERS, one.overrides)
        allowed = lookup.text(_FILTER, one.overrides)
        if len(delimiters) != 2 or not set(delimiters).issubset(allowed):
            yield one.error(f"{_DELIMITERS} = {delimiters}: not two characters from {allowed}")
