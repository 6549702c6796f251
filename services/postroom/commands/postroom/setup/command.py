"""The command line of ``postroom setup``."""

import sys
from argparse import ArgumentParser, Namespace

from postroom.commands.postroom.setup import address, record
from postroom.commands.postroom.setup.changing import set_up, set_up_nothing, undo
from postroom.commands.postroom.setup.modes import MODES
from postroom.commands.postroom.setup.record import Mode

NONE = "none"
_DESCRIPTION = (
    "send-only: nothing listens, and sendmail stays whose it is. beside: listen on one address, "
    f"{address.DEFAULT} if none is given, and leave the rest to the other mail system. replace: "
    "stop that, and be the machine's sendmail. none: give everything back. Without a mode: say "
    "which was set up."
)


def add_options(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("mode", nargs="?", choices=(*MODES, NONE))
    parser.add_argument("address", nargs="?", help="for beside")
    parser.add_argument("--undo", action="store_true", help="back to the mode before")


def setup(options: Namespace) -> int:
    source = options.config_directory
    if options.undo:
        return undo(source)
    if options.mode == NONE:
        return set_up_nothing(source)
    if options.mode is None:
        done = record.load(source)
        sys.stdout.write(f"{' '.join(done.mode).strip() if done else 'nothing was set up'}\n")
        return 0
    where = (options.address or address.DEFAULT) if options.mode == "beside" else ""
    try:
        return set_up(source, Mode(options.mode, where))
    except address.Unusable as error:
        sys.stderr.write(f"postroom: fatal: {error}\n")
        return 1
