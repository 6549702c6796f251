"""Lists of protocol versions: ``>=TLSv1.2``, ``!SSLv3, !TLSv1`` or ``TLSv1.2 TLSv1.3``.

A name without a sign allows that version and none that is not named; ``!`` takes one away;
``>=`` and ``<=`` are bounds.
"""

import re
from ssl import TLSVersion
from typing import Final

ALL: Final = (TLSVersion.TLSv1, TLSVersion.TLSv1_1, TLSVersion.TLSv1_2, TLSVersion.TLSv1_3)
_NUMBERS: Final = {
    "sslv2": 0x0002,
    "sslv3": 0x0300,
    "tlsv1": 0x0301,
    "tlsv1.1": 0x0302,
    "tlsv1.2": 0x0303,
    "tlsv1.3": 0x0304,
}
_SEPARATORS: Final = re.compile(r"[\s,:]+")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{4}", re.IGNORECASE)


class BadVersions(ValueError):
    """A list that names what is no version, or leaves none."""


def allowed_versions(text: str) -> frozenset[TLSVersion]:
    """What a list such as smtpd_tls_protocols leaves; raises BadVersions."""
    named: set[int] = set()
    excluded: set[int] = set()
    lowest, highest = 0, 0xFFFF
    for word in filter(None, _SEPARATORS.split(text)):
        if word.startswith(">="):
            lowest = _bound(word)
        elif word.startswith("<="):
            highest = _bound(word)
        elif word.startswith("!"):
            excluded.add(_number(word[1:]))
        else:
            named.add(_number(word))
    allowed = (named or set(ALL)) - excluded
    found = frozenset(one for one in ALL if one in allowed and lowest <= one <= highest)
    if not found:
        raise BadVersions(f'"{text}" leaves no version of TLS')
    return found


def _bound(word: str) -> int:
    """``>=TLSv1.2``, ``>=0303``; ``>=0`` and ``<=0`` are no bounds."""
    name = word[2:]
    if _HEXADECIMAL.fullmatch(name):
        return int(name, 16)
    if name == "0":
        return 0 if word[0] == ">" else 0xFFFF
    return _number(name)


def _number(name: str) -> int:
    try:
        return _NUMBERS[name.lower()]
    except KeyError:
        raise BadVersions(f'"{name}" is no version of TLS') from None
