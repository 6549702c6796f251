"""The files of tables that are queries: ``name = value`` lines as they are (mysql_table(5))."""

from collections.abc import Iterator

from postroom.config.logical_lines import BLANK, logical_lines


class BadTableFile(Exception):
    """A line that is no setting; the text says which."""


def table_parameters(text: str) -> Iterator[tuple[str, str]]:
    """Each name and value in the order of the file; the last of a name counts."""
    for line in logical_lines(text):
        name, equals, value = line.text.partition("=")
        if not equals or not name.strip(BLANK):
            raise BadTableFile(f'line {line.number}: missing "=" after the name')
        yield name.strip(BLANK), value.strip(BLANK)
