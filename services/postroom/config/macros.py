"""Expand $user, $home and their kin in values that are templates, as main.cf's own are."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from postroom.config import expansion


def expand(text: str, values: Mapping[str, str]) -> str:
    """All that config.expansion knows; names that have no value are empty.

    Raises config.expansion.ExpansionError.
    """
    return expansion.expand(text, lambda name: _literal(values.get(name, "")))


class Expanded(NamedTuple):
    """``names`` are those that had a say."""

    text: str
    names: frozenset[str]


def expand_defined(text: str, values: Mapping[str, str]) -> Expanded:
    """The same, but raises UndefinedName where the value of a name is needed that has none."""
    names: set[str] = set()

    def value_of(name: str) -> str | None:
        names.add(name)
        return _literal(values[name]) if name in values else None

    return Expanded(expansion.expand(text, value_of), frozenset(names))


def _literal(value: str) -> str:
    """What somebody else wrote refers to nothing."""
    return value.replace("$", "$$")


def filtered(values: Mapping[str, str], allowed: str) -> dict[str, str]:
    """``values`` with ``_`` for each character that is not among the ``allowed`` ones
    (postconf(5), command_expansion_filter)."""
    others = _others(allowed)
    return {name: others.sub("_", value) for name, value in values.items()}


@lru_cache(maxsize=8)
def _others(allowed: str) -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(allowed)}]" if allowed else ".", re.DOTALL)
