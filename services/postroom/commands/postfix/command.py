"""The command line of postfix(1)."""

import os
import sys
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NoReturn

from postroom.commands.log_name import log_name
from postroom.commands.postfix import verbs
from postroom.commands.postroom import manager
from postroom.commands.served_directory import asked_for, go_by
from postroom.config.instances import first_instance, further
from postroom.config.problem import ConfigError
from postroom.instance import PRIMARY_DIRECTORY
from postroom.maillog.postfix_script import PostfixScriptLog

USAGE = "usage: postfix [-c config_dir] [-Dv] command"


def main() -> NoReturn:
    """Exit code: 0, or 1 with the reason on the standard error stream and in the mail log."""
    directory, words = _parse(sys.argv[1:])
    _superuser_only()
    if not directory:
        _hand_to_all(words)
        directory = Path(PRIMARY_DIRECTORY)
    if words[:1] != ["check"] and (complaint := go_by(str(directory))):
        _fail(complaint)
    script = "postfix-tls-script" if words[:1] == ["tls"] else "postfix-script"
    log = PostfixScriptLog.of(log_name(directory), script)
    try:
        sys.exit(verbs.run(words, directory, log))
    except (ConfigError, manager.Failed, OSError) as error:
        log.fatal(str(error))
        sys.exit(1)


def _parse(arguments: list[str]) -> tuple[Path | None, list[str]]:
    """The configuration's directory where one is named, and the command with its arguments."""
    try:
        options, words = getopt(arguments, "c:Dv")
    except GetoptError as error:
        sys.stderr.write(f"postfix: {error}\n")
        _fail(USAGE)
    if any(option == "-c" and not value.startswith("/") for option, value in options):
        _fail("-c requires absolute pathname")
    named = asked_for(options)
    return Path(named) if named else None, words


def _hand_to_all(words: list[str]) -> None:
    """Where there are several instances and none is named, the command is for all of them."""
    try:
        first = first_instance()
        if not further(first):
            return
    except (ConfigError, OSError):
        return  # whoever needs it complains
    wrapper = first.text("multi_instance_wrapper").split()
    if not wrapper:
        _fail("multi-instance support is requested, but multi_instance_wrapper is empty")
    try:
        os.execvp(wrapper[0], [*wrapper, *words])  # noqa: S606
    except OSError as error:
        _fail(f"{wrapper[0]}: {error.strerror}")


def _superuser_only() -> None:
    if os.geteuid() != 0:
        sys.stderr.write("postfix: error: to submit mail, use the Postfix sendmail command\n")
        _fail("the postfix command is reserved for the superuser")


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postfix: fatal: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
