"""Text in mdoc(7): words that macros and line breaks cannot be found in by accident."""

import re
from collections.abc import Iterator

# Characters of a word after which a line may break.
PART = 30

# ``code``, or name(section); with what opens before it and the punctuation behind it.
_MARKED = re.compile(
    r"(?P<before>(?<!\S)\(?)"
    r"(?:``(?P<code>[^`]+)``|(?P<page>[a-z][a-z0-9_.-]*)\((?P<section>[1-8])\))"
    r"(?P<behind>[.,;:)]*)(?!\S)"
)


def head(name: str, section: int, date: str) -> Iterator[str]:
    yield f".Dd {date}"
    yield f".Dt {name.upper()} {section}"
    yield ".Os"
    yield ".Sh NAME"


def text(words: str) -> str:
    """A line of it: no control lines, no escapes, no macros among the words."""
    return " ".join(f"\\&{_word(word)}" for word in words.replace("``", '"').split())


def paragraph(words: str, pages: dict[str, str]) -> Iterator[str]:
    """Lines of it; ``pages`` says what manual pages are called that have another name here."""
    words = " ".join(words.split())
    end = 0
    for match in _MARKED.finditer(words):
        if plain := words[end : match.start()].strip():
            yield text(plain)
        yield _macro(match, pages)
        end = match.end()
    if plain := words[end:].strip():
        yield text(plain)


def _macro(match: re.Match[str], pages: dict[str, str]) -> str:
    opening = "Pf ( " if match["before"] else ""
    closing = "".join(f" {mark}" for mark in match["behind"])
    if match["code"]:
        return f".{opening}Ql {text(match['code'])}{closing}"
    page = pages.get(match["page"], match["page"])
    return f".{opening}Xr {page} {match['section']}{closing}"


def _word(word: str) -> str:
    """Escaped, and with places where a line may break if it is long."""
    parts = (word[start : start + PART] for start in range(0, len(word), PART))
    return "\\:".join("".join(map(_character, part)) for part in parts)


def _character(character: str) -> str:
    if not character.isascii():
        return f"\\[u{ord(character):04X}]"
    return {"\\": "\\e", '"': "\\(dq"}.get(character, character)
