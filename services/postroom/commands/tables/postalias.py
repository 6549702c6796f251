"""postalias(1): as postmap(1), for files of ``name: value`` lines (aliases(5)).

BUGS  Postfix adds entries (``@``, YP_LAST_MODIFIED, YP_MASTER_NAME) for Sendmail and NIS, which
      would find them in files of Berkeley DB. There are none here, and so no such entries.
"""

import sys
from typing import NoReturn

from postroom.commands.tables.command import run
from postroom.tables.alias_entries import alias_entries


def main() -> NoReturn:
    run("postalias", alias_entries, sys.argv[1:])


if __name__ == "__main__":
    main()
