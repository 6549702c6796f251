"""newaliases(1): make the indexes of all alias databases (main.cf: alias_database)."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from postroom.commands.sendmail_options import Bad, parse
from postroom.commands.table_command import fail, run
from postroom.config.braces import split_words
from postroom.config.configuration import DEFAULT_DIRECTORY, load
from postroom.config.problem import ConfigError
from postroom.tables.alias_entries import alias_entries

_PROGRAM = "newaliases"
EX_TEMPFAIL = 75


def main() -> NoReturn:
    """Options are sendmail(1)'s, of which -oA matters."""
    try:
        options = parse(_PROGRAM, sys.argv[1:])
    except Bad as error:
        sys.stderr.write(f"{_PROGRAM}: fatal: {error}\n")
        sys.exit(EX_TEMPFAIL)
    if options.aliases:
        run(_PROGRAM, alias_entries, [options.aliases])
    directory = Path(os.environ.get("MAIL_CONFIG", DEFAULT_DIRECTORY))
    try:
        databases = split_words(load(directory).text("alias_database"))
    except ConfigError as error:
        fail(_PROGRAM, str(error))
    if not databases:
        sys.exit(0)
    run(_PROGRAM, alias_entries, databases)


if __name__ == "__main__":
    main()
