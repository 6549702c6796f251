"""Tables of patterns whose results are made of the address: whoever writes to us would choose
the file and the uid (virtual(8), SECURITY)."""

import re
from collections.abc import Iterable
from pathlib import Path

_TYPES = ("regexp", "pcre")
_SUBSTITUTION = re.compile(r"\$[({]?\d")


def substituting(names: Iterable[str]) -> str:
    """The first table that has ``$1`` or the like in it, or nothing."""
    return next((name for name in names if _substitutes(name)), "")


def _substitutes(name: str) -> bool:
    kind, _, path = name.removeprefix("proxy:").partition(":")
    if kind not in _TYPES:
        return False
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        # The look-up itself will say so.
        return False
    return any(_SUBSTITUTION.search(line) for line in lines if not line.startswith("#"))
