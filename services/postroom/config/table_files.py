"""The files of tables that are queries: ``name = value`` lines as they are (mysql_table(5)).

A table whose name is no path has its parameters in main.cf, as of old: those of ``mysql:people``
are ``people_hosts`` and the like, and nothing in them is expanded.
"""

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


def is_in_main(name: str) -> bool:
    """Whether main.cf has the parameters of the table called ``name``."""
    return not name.startswith("/")


def place_of(name: str, directory: str) -> str:
    """The file with its parameters; ``directory`` is main.cf's."""
    return f"{directory}/main.cf" if is_in_main(name) else name


def parameters_of(name: str, text: str) -> dict[str, str]:
    """Its parameters in the text of that file; raises BadTableFile."""
    found = dict(table_parameters(text))
    if not is_in_main(name):
        return found
    prefix = f"{name}_"
    own = (key for key in found if key.startswith(prefix))
    return {key.removeprefix(prefix): found[key] for key in own}
