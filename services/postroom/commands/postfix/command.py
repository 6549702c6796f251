"""The command line of postfix(1)."""

import os
import sys
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NoReturn

from postroom.commands.log_name import syslog_name
from postroom.commands.postfix import verbs
from postroom.commands.postroom import manager
from postroom.commands.postroom.generation import Rejected
from postroom.commands.served_directory import DIRECTORY, asked_for, objection
from postroom.config.problem import ConfigError
from postroom.maillog.postfix_script import PostfixScriptLog

USAGE = "usage: postfix [-c config_dir] [-Dv] command"


def main() -> NoReturn:
    """Exit code: 0, or 1 with the reason on the standard error stream and in the mail log."""
    directory, words = _parse(sys.argv[1:])
    _superuser_only()
    if words[:1] != ["check"] and (complaint := objection(str(directory))):
        _fail(complaint)
    script = "postfix-tls-script" if words[:1] == ["tls"] else "postfix-script"
    log = PostfixScriptLog.open(syslog_name(directory), script)
    try:
        sys.exit(verbs.run(words, directory, log))
    except (ConfigError, Rejected, manager.Failed, OSError) as error:
        log.fatal(str(error))
        sys.exit(1)


def _parse(arguments: list[str]) -> tuple[Path, list[str]]:
    """The configuration's directory, and the command with its arguments."""
    try:
        options, words = getopt(arguments, "c:Dv")
    except GetoptError as error:
        sys.stderr.write(f"postfix: {error}\n")
        _fail(USAGE)
    if any(option == "-c" and not value.startswith("/") for option, value in options):
        _fail("-c requires absolute pathname")
    return Path(asked_for(options) or DIRECTORY), words


def _superuser_only() -> None:
    if os.geteuid() != 0:
        sys.stderr.write("postfix: error: to submit mail, use the Postfix sendmail command\n")
        _fail("the postfix command is reserved for the superuser")


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postfix: fatal: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
