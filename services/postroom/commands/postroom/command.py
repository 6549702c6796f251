"""The command line of postroom(8)."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from postroom.commands.postroom import manager, verbs
from postroom.commands.postroom.generation import Rejected
from postroom.config.problem import ConfigError
from postroom.ipc.contract import Unavailable

CONFIG_DIRECTORY = "/etc/postroom"
VERBS: dict[str, Callable[[Path], int]] = {
    "check": verbs.check,
    "reload": verbs.reload,
    "restart": verbs.restart,
    "start": verbs.start,
    "stop": verbs.stop,
    "status": verbs.status,
    "flush": verbs.flush,
}


def main() -> int:
    """Exit code: 0, or 1 with the reason on the standard error."""
    options = _parser().parse_args()
    try:
        return VERBS[options.verb](options.config_directory)
    except (ConfigError, Rejected, manager.Failed, Unavailable, OSError) as error:
        sys.stderr.write(f"postroom: fatal: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="postroom", description="Control the mail system.")
    parser.add_argument(
        "-c",
        dest="config_directory",
        type=Path,
        default=Path(os.environ.get("MAIL_CONFIG", CONFIG_DIRECTORY)),
        help="where main.cf and master.cf are (default: %(default)s)",
    )
    parser.add_argument("verb", choices=VERBS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
