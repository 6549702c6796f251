"""The environment of services and of the commands they run: nothing of anybody's but what main.cf
says (postconf(5), import_environment, export_environment)."""

import os
from collections.abc import Iterable, Iterator, Mapping

from postroom.config.braces import unbraced
from postroom.config.logical_lines import BLANK

PATH = "/usr/bin:/bin"


def exported(names: tuple[str, ...], ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every command starts with: names to pass on, or ``name=value`` to set."""
    result = {"PATH": PATH}
    for name, value in _items(names):
        if value is not None:
            result[name] = value
        elif name in ours:
            result[name] = ours[name]
    return result


def imported(names: tuple[str, ...]) -> dict[str, str]:
    """What services start with; names without a value are for systemd to pass on."""
    return {name: value for name, value in _items(names) if value is not None}


def _items(words: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Blanks and commas in a value, and blanks around the ``=``, stand within braces."""
    for word in words:
        item = unbraced(word) if word.startswith("{") else word
        name, equals, value = item.partition("=")
        yield name.strip(BLANK), value.strip(BLANK) if equals else None
