"""Perl's regular expressions as Postfix has them: searched for by the PCRE2 library.

Pattern and text have a character for each of their bytes. The library bounds a search by the
number of its steps, in every thread: some tenths of a second.
"""

import ctypes
from weakref import finalize

from postroom.tables import pcre2
from postroom.tables.conditional import Ignored, Unusable
from postroom.tables.match_time import TooSlow

_OPTIONS = {
    "i": pcre2.CASELESS,
    "s": pcre2.DOTALL,
    "m": pcre2.MULTILINE,
    "x": pcre2.EXTENDED,
    "A": pcre2.ANCHORED,
    "E": pcre2.DOLLAR_ENDONLY,
    "U": pcre2.UNGREEDY,
}


def compiled(pattern: str, flags: str) -> "LibraryExpression":
    """Raises Unusable, in the library's words where it has some."""
    try:
        library = pcre2.library()
    except OSError as missing:
        raise Unusable(str(missing)) from None
    options = sum(_OPTIONS[flag] for flag in flags)
    text, error, offset = pattern.encode("latin-1"), ctypes.c_int(), ctypes.c_size_t()
    code = library.pcre2_compile_8(
        *(text, len(text), options, ctypes.byref(error), ctypes.byref(offset), None)
    )
    if not code:
        raise Ignored(f"error in regex at offset {offset.value}: {pcre2.message(error.value)}")
    return LibraryExpression(library, code)


class LibraryExpression:
    """Owns the library's compiled pattern."""

    def __init__(self, library: ctypes.CDLL, code: int) -> None:
        self._library = library
        self._code = code
        finalize(self, library.pcre2_code_free_8, code)
        groups = ctypes.c_uint32()
        library.pcre2_pattern_info_8(code, pcre2.INFO_CAPTURECOUNT, ctypes.byref(groups))
        self.groups = groups.value

    def search(self, text: str) -> "LibraryMatch | None":
        """The first match; raises TooSlow."""
        # Made for each search: another thread may search for the same pattern.
        match = self._library.pcre2_match_data_create_from_pattern_8(self._code, None)
        try:
            if not self._found(text.encode("latin-1"), match):
                return None
            places = self._library.pcre2_get_ovector_pointer_8(match)
            return LibraryMatch(text, tuple(places[: 2 * (self.groups + 1)]))
        finally:
            self._library.pcre2_match_data_free_8(match)

    def _found(self, text: bytes, match: int) -> bool:
        result = self._library.pcre2_match_8(self._code, text, len(text), 0, 0, match, None)
        if result < pcre2.ERROR_LAST_OF_UTF8:
            raise TooSlow(pcre2.message(result))
        return bool(result > pcre2.ERROR_NOMATCH)


class LibraryMatch:
    """``places``: where each group begins and ends, the whole match first."""

    def __init__(self, text: str, places: tuple[int, ...]) -> None:
        self._text = text
        self._places = places

    def __getitem__(self, group: int) -> str | None:
        start, end = self._places[2 * group : 2 * group + 2]
        return None if start == pcre2.UNSET else self._text[start:end]
