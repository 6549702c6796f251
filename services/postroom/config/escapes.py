"""Escapes of C in values: ``\\t``, ``\\n``, ``\\040`` and their kin (postconf(5), pipe(8))."""

import re

_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)")
_ESCAPED = dict(zip("abfnrtv\\", "\a\b\f\n\r\t\v\\", strict=True))


def unescaped(text: str) -> str:
    """``text`` with the characters that its escapes stand for."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    text = found[1]
    return chr(int(text, 8) & 0xFF) if text[0] in "01234567" else _ESCAPED.get(text, text)
