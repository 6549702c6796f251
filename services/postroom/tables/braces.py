"""Braces in table names: ``{ text }`` holds white space and commas together (postconf(5))."""

from collections.abc import Iterator

from postroom.tables.table import TableError


def without_braces(text: str) -> str:
    """The inside of ``{ text }``, without the space around it; other text as it is."""
    if text.startswith("{"):
        if not text.endswith("}"):
            raise TableError(f"missing closing brace in {text!r}")
        return text[1:-1].strip()
    return text


def split_braced(text: str) -> Iterator[str]:
    """Words of a list that commas or white space separate, outside of braces only."""
    depth, word = 0, ""
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
        if depth == 0 and (char in ", \t\r\n"):
            yield from filter(None, (word,))
            word = ""
        else:
            word += char
    if depth:
        raise TableError(f"unbalanced braces in {text!r}")
    yield from filter(None, (word,))
