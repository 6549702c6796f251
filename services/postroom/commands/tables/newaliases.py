"""newaliases(1): make the indexes of all alias databases (main.cf: alias_database)."""

import sys
from pathlib import Path
from typing import NoReturn

from postroom.commands.sendmail.options import Bad, parse
from postroom.commands.served_directory import asked_for, unreadable
from postroom.commands.tables.command import run
from postroom.config.braces import split_words
from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom.instance import PRIMARY_DIRECTORY
from postroom.tables.alias_entries import alias_entries

_PROGRAM = "newaliases"
EX_TEMPFAIL = 75


def main() -> NoReturn:
    """Options are sendmail(1)'s, of which -oA matters."""
    try:
        options = parse(_PROGRAM, sys.argv[1:])
    except Bad as error:
        _fail(str(error))
    if options.aliases:
        run(_PROGRAM, alias_entries, [options.aliases])
    directory = options.config_directory or asked_for() or PRIMARY_DIRECTORY
    if complaint := unreadable(directory):
        _fail(complaint)
    try:
        databases = split_words(load(Path(directory)).text("alias_database"))
    except ConfigError as error:
        _fail(str(error))
    if not databases:
        sys.exit(0)
    run(_PROGRAM, alias_entries, databases)


def _fail(text: str) -> NoReturn:
    """sendmail's way to end."""
    sys.stderr.write(f"{_PROGRAM}: fatal: {text}\n")
    sys.exit(EX_TEMPFAIL)


if __name__ == "__main__":
    main()
