"""The command line of postroom(8)."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from postroom.commands.postroom import explain, manager, verbs
from postroom.commands.postroom.importing import verb as importing
from postroom.commands.postroom.setup import command as setup
from postroom.commands.served_directory import asked_for, go_by
from postroom.config.problem import ConfigError
from postroom.instance import PRIMARY_DIRECTORY
from postroom.ipc.contract import Unavailable


class Verb(NamedTuple):
    """What a word of the command line does, in a line, and which options it has of its own.

    ``anywhere``: also with a configuration that no mail system runs with.
    """

    act: Callable[[argparse.Namespace], int]
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None] = lambda _: None
    anywhere: bool = False


def _plain(verb: Callable[[Path], int], summary: str) -> Verb:
    """A verb that needs to know nothing but where the configuration is."""
    return Verb(lambda options: verb(options.config_directory), summary)


VERBS = {
    "check": Verb(verbs.check_and_say, "say what is wrong or has no effect", verbs.add_json, True),
    "explain": Verb(
        explain.explain, "say what would become of a message", explain.add_options, True
    ),
    "import": Verb(
        importing.take_over_and_say,
        "take over a Postfix's configuration",
        importing.add_options,
        True,
    ),
    "reload": _plain(verbs.reload, "check, and put the configuration into effect"),
    "restart": _plain(verbs.restart, "reload, and have every running service come back"),
    "start": _plain(verbs.start, "put the configuration into effect and start the mail system"),
    "stop": _plain(verbs.stop, "stop the mail system"),
    "abort": _plain(verbs.abort, "stop the mail system without waiting for anything"),
    "status": _plain(verbs.status, "say whether it runs, and what of it failed"),
    "setup": Verb(setup.setup, "share the machine with another mail system", setup.add_options),
    "flush": _plain(verbs.flush, "try all deferred mail now"),
}


def main() -> int:
    """Exit code: 0, or 1 with the reason on the standard error."""
    options = _parser().parse_args()
    verb = VERBS[options.verb]
    try:
        if not verb.anywhere and (complaint := go_by(str(options.config_directory))):
            return _fail(complaint)
        return verb.act(options)
    except (ConfigError, manager.Failed, Unavailable, OSError) as error:
        return _fail(str(error))


def _fail(text: str) -> int:
    sys.stderr.write(f"postroom: fatal: {text}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="postroom", description="Control the mail system.")
    parser.add_argument(
        "-c",
        dest="config_directory",
        type=Path,
        default=Path(asked_for() or PRIMARY_DIRECTORY),
        help="where main.cf and master.cf are (default: %(default)s)",
    )
    subparsers = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, verb in VERBS.items():
        verb.add_options(subparsers.add_parser(name, help=verb.summary, description=verb.summary))
    return parser


if __name__ == "__main__":
    sys.exit(main())
