"""Tables within their own names: ``inline:{…}``, ``regexp:{{…}, {…}}``, ``static:{ … }``."""

from postroom.config.braces import UnbalancedBraces, matching, split_words, unbraced
from postroom.tables.table import TableError


def inside(text: str) -> str:
    """What one pair of braces around all of ``text`` holds; other text as it is."""
    if not text.startswith("{"):
        return text
    try:
        end = matching(text, 0)
    except UnbalancedBraces as error:
        raise TableError(str(error)) from None
    if end != len(text) - 1:
        raise TableError(f"syntax error after '}}' in \"{text}\"")
    return unbraced(text)


def words(text: str) -> list[str]:
    """The elements within the braces around ``text``, their own braces taken off."""
    try:
        return [inside(word) for word in split_words(inside(text))]
    except UnbalancedBraces as error:
        raise TableError(str(error)) from None


def rules(text: str) -> list[str]:
    """The same where each has to have braces of its own."""
    try:
        found = split_words(inside(text))
    except UnbalancedBraces as error:
        raise TableError(str(error)) from None
    for word in found:
        if not word.startswith("{"):
            raise TableError(f"no '{{' at start of text in \"{word}\"")
    return list(map(inside, found))
