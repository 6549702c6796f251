"""What Postroom and Debian's Postfix made of the same; where they differ, it is shown."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

# What was done or looked at, and what we and they made of it.
Compared = tuple[object, object, object]
# Of a message of megabytes nobody wants to see all.
MAX_SHOWN = 2000
# Ours, and Postfix's short and long ones, which end in the number of a file, however long.
QUEUE_ID = re.compile(r"\b(?:[0-9A-F]{10,13}|[4-9][0-9A-Za-z]{14,})\b")
_MESSAGE_ID = re.compile(r"<\d{14}\.(?=ID@)")
_DATE = re.compile(r"\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4} \(\w+\)")


def timeless(text: str) -> str:
    """What one of them said or wrote, but for its own ids and the time."""
    return _MESSAGE_ID.sub("<", _DATE.sub("DATE", QUEUE_ID.sub("ID", text)))


def assert_alike(compared: Iterable[Compared]) -> None:
    different = [
        f"{what}\nours:   {ours!r:.{MAX_SHOWN}}\ntheirs: {theirs!r:.{MAX_SHOWN}}"
        for what, ours, theirs in compared
        if ours != theirs
    ]
    assert not different, "\n".join(different)


def field_by_field(what: object, ours: Any, theirs: Any) -> Iterator[Compared]:
    """Of two named tuples."""
    for name, our, their in zip(ours._fields, ours, theirs, strict=True):
        yield f"{what}, {name}", our, their


def assert_same_lines(ours: Iterable[str], theirs: Iterable[str]) -> None:
    """In whichever order."""
    our, their = Counter(ours), Counter(theirs)
    different = [f"ours:   {line}" for line in (our - their).elements()]
    different += [f"theirs: {line}" for line in (their - our).elements()]
    assert not different, "\n".join(sorted(different, key=lambda line: line[8:]))
