"""``postroom import``: its options, and what it prints."""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from postroom.commands.postroom.importing.origin import USUAL


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", type=Path, default=USUAL, help="default: %(default)s")
    parser.add_argument("--to", type=Path, metavar="directory", help="in the place of -c")
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.add_argument("--json", action="store_true", help="for programs")


def take_over_and_say(options: Namespace) -> int:
    """Exits 78 (EX_CONFIG) where postroom reload would refuse what has been imported."""
    # Other verbs need not wait for what builds tables.
    from postroom.commands.postroom.importing.taking_over import as_json, take_over  # noqa: PLC0415

    target = options.to or options.config_directory
    outcome = take_over(options.source, target, rehearse=options.dry_run)
    if options.json:
        sys.stdout.write(as_json(outcome))
    else:
        sys.stdout.writelines(f"{one}\n" for one in outcome.findings)
        done = "imported into" if outcome.done else "nothing was changed in"
        then = "" if outcome.good else ": mend the errors"
        sys.stdout.write(f"{done} {target}{then}; postroom reload puts it into effect\n")
    return 0 if outcome.good else os.EX_CONFIG
