"""newaliases(1): make the indexes of all alias databases (main.cf: alias_database)."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from postroom.commands.table_command import fail, run
from postroom.config.braces import split_words
from postroom.config.configuration import DEFAULT_DIRECTORY, load
from postroom.config.problem import ConfigError
from postroom.tables.alias_entries import alias_entries

_PROGRAM = "newaliases"


def main() -> NoReturn:
    """Options are sendmail(1)'s, none of which matters here."""
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
