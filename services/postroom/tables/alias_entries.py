"""Source files of ``name: value, value …`` lines: aliases(5).

What a value means (addresses, ``:include:``, ``|command``, ``/file``) is for local(8), which
delivers to it.
"""

from collections.abc import Iterator

from postroom.config.logical_lines import BLANK, LogicalLine, logical_lines
from postroom.tables.alias_value import stored_form
from postroom.tables.key_value import Entry, Flaw, flaw_of, usable
from postroom.tables.quoting import first_outside_quotes


def alias_entries(text: str) -> Iterator[Entry | Flaw]:
    """Every entry and every flaw, in the order of the file; quotes are taken off the names."""
    for line in usable(logical_lines(text)):
        yield line if isinstance(line, Flaw) else flaw_of(line) or _entry(line)


def _entry(line: LogicalLine) -> Entry | Flaw:
    # Without one, the value is empty; behind a quote that does not end, the name.
    colon = first_outside_quotes(line.text, ":") or 0
    name, value = line.text[:colon].strip(BLANK), line.text[colon + 1 :].strip(BLANK)
    if not name or not value or _is_outside_quotes(name, ","):
        return Flaw(line.number, "need name:value pair")
    if _is_outside_quotes(name, "@"):
        return Flaw(line.number, "name must be local and have no domain")
    if not (key := _unquoted(name)):
        return Flaw(line.number, "empty lookup key value is not allowed")
    if not (stored := stored_form(value)):
        return Flaw(line.number, "need name:value pair")
    return Entry(line.number, key, stored)


def _is_outside_quotes(name: str, char: str) -> bool:
    return first_outside_quotes(name, char) != len(name)


def _unquoted(name: str) -> str:
    """``"a \\"b\\""`` is ``a "b"`` (RFC 5322 section 3.2.4); runs of blanks outside are one."""
    parts: list[str] = []
    quoted = escaped = False
    for char in name:
        if escaped:
            parts.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif quoted or char not in BLANK:
            parts.append(char)
        elif parts[-1:] != [" "]:
            parts.append(" ")
    return "".join(parts)
