"""postalias(1): as postmap(1), for files of ``name: value`` lines (aliases(5))."""

import sys
from typing import NoReturn

from postroom.commands.tables.command import run
from postroom.tables.alias_entries import alias_entries


def main() -> NoReturn:
    run("postalias", alias_entries, sys.argv[1:])


if __name__ == "__main__":
    main()
