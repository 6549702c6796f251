"""The result of a pattern rule, with ``$1``, ``${1}``, ``$(1)`` for what its groups matched."""

import re
from collections.abc import Callable

from postroom.tables.conditional import Unusable
from postroom.tables.expression import Found

_REFERENCE = re.compile(r"\$(?:(\$)|(\d+)|\{(\d+)\}|\((\d+)\)|)", re.ASCII)
Part = str | int


def replacement(text: str, groups: int) -> Callable[[Found], str]:
    """What makes the result from a match of a pattern with that many groups; raises Unusable."""
    parts = _parts(text)
    for part in parts:
        if isinstance(part, int) and not 0 < part <= groups:
            raise Unusable(f'out of range replacement index "{part}"')
    if all(isinstance(part, str) for part in parts):
        constant = "".join(map(str, parts))
        return lambda _: constant
    return lambda match: "".join(
        part if isinstance(part, str) else (match[part] or "") for part in parts
    )


def has_reference(text: str) -> bool:
    return any(isinstance(part, int) for part in _parts(text))


def _parts(text: str) -> tuple[Part, ...]:
    """Literal texts and group numbers; ``$$`` is a dollar."""
    parts: list[Part] = []
    position = 0
    for match in _REFERENCE.finditer(text):
        parts.append(text[position : match.start()])
        position = match.end()
        number = match[2] or match[3] or match[4]
        if number:
            parts.append(int(number))
        elif match[1]:
            parts.append("$")
        else:
            raise Unusable(f'syntax error in replacement text: "{text}"')
    parts.append(text[position:])
    return tuple(parts)
