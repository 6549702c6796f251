"""Words protected by braces: ``{ like this }`` in lists, arguments and expressions."""

from postroom.config.logical_lines import BLANK, words

COMMA_BLANK = BLANK + ","


class UnbalancedBraces(ValueError):
    """An opening brace or parenthesis without its other half."""


def matching(text: str, start: int) -> int:
    """Index of the bracket that closes the one at ``start``; only its own kind counts."""
    opening = text[start]
    closing = "}" if opening == "{" else ")"
    depth = 0
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if not depth:
                return index
    raise UnbalancedBraces(f"missing '{closing}' in \"{text[start:]}\"")


def split_words(text: str, separators: str = COMMA_BLANK) -> list[str]:
    """Split at separators outside braces; braces stay part of their word."""
    if "{" not in text:
        return words(text.replace(",", " ") if separators == COMMA_BLANK else text)
    return _split_braced(text, separators)


def _split_braced(text: str, separators: str) -> list[str]:
    found = []
    index = 0
    while index < len(text):
        if text[index] in separators:
            index += 1
            continue
        end = _end_of_word(text, index, separators)
        found.append(text[index:end])
        index = end
    return found


def _end_of_word(text: str, index: int, separators: str) -> int:
    while index < len(text) and text[index] not in separators:
        index = matching(text, index) + 1 if text[index] == "{" else index + 1
    return index


def unbraced(word: str) -> str:
    """The content of ``{ … }`` without the whitespace at its ends."""
    return word[1:-1].strip(BLANK)
