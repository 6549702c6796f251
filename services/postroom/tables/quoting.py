"""Double quotes in the sources of tables: what stands in them, or behind a backslash, is text."""


def first_outside_quotes(text: str, wanted: str) -> int | None:
    """Where the first of the ``wanted`` characters is, or the end of ``text``; None where a quote
    before it does not end."""
    quoted = escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char in wanted and not quoted:
            return index
    return None if quoted else len(text)
