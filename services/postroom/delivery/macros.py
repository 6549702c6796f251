"""Expand $user, $home and their kin in forward_path, luser_relay, mailbox_command and argv=."""

import re
from collections.abc import Mapping
from functools import lru_cache

_MACRO = re.compile(r"\$(?:\$|\{(\w+)(?:([?:])([^{}]*))?\}|\((\w+)\)|(\w+))")


def expand(text: str, values: Mapping[str, str]) -> str:
    """``$name``, ``${name}``, ``$(name)``, ``${name?text}`` and ``${name:text}``; unknown names
    are empty, ``$$`` is a dollar.

    The conditional texts may hold plain ``$name`` themselves, as in the default forward_path.
    """

    def one(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        name = found[1] or found[4] or found[5]
        value = values.get(name, "")
        if found[2] == "?":
            return expand(found[3], values) if value else ""
        if found[2] == ":":
            return value or expand(found[3], values)
        return value

    return _MACRO.sub(one, text)


def filtered(value: str, allowed: str) -> str:
    """``value`` with ``_`` for each character that is not among the ``allowed`` ones
    (postconf(5), command_expansion_filter)."""
    return _others(allowed).sub("_", value)


@lru_cache(maxsize=8)
def _others(allowed: str) -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(allowed)}]" if allowed else ".", re.DOTALL)
