"""postmap(1): make the index of a table from its source, change it, and look into tables.

    postmap [type:]file …            make the index of ``key value`` lines
    postmap -i [type:]file           add entries from the standard input
    postmap -d key|- [type:]file …   delete entries
    postmap -q key|- [type:]name …   look keys up, in any type of table
    postmap -s [type:]file           show all entries

-r replaces and -w ignores entries that exist already; -f keeps the case of keys, -u folds ASCII
only; -F stores the content of the files that values name; -N ends keys and values with NUL, -n
does not; -o keeps root's rights when the source is somebody else's, and the index is root's; -p
gives mode 0644 instead of the source's; -c names the configuration directory. With -q -, the
headers (-h) or the body (-b) of a message are the keys, with -m those of its parts too.

Output, warnings and exit status are Postfix's: 0, or 1 where a key is not found or anything
fails.
"""

import sys
from typing import NoReturn

from postroom.commands.tables.command import run
from postroom.tables.key_value import entries


def main() -> NoReturn:
    run("postmap", entries, sys.argv[1:])


if __name__ == "__main__":
    main()
