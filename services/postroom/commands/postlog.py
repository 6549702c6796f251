"""postlog(1): a shell script's words in the mail log."""

import sys
import time
from collections.abc import Callable, Iterable
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NoReturn

from postroom.commands.log_name import UNKNOWN, log_name
from postroom.commands.options import complaint
from postroom.commands.served_directory import asked_for, unreadable
from postroom.instance import PRIMARY_DIRECTORY
from postroom.maillog.postlog import ScriptLog

USAGE = "usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]"
_PROGRAM = "postlog"
# After the worst a script that is started again and again has a rest, as daemons had.
_REST_SECONDS = 1.0


def main() -> NoReturn:
    """Logs the words as one record, or each line of the standard input where there are none.

    -i and -v change nothing: the journal knows the process, and there is no more to tell.
    """
    try:
        options, words = getopt(sys.argv[1:], "c:ip:t:v")
    except GetoptError as error:
        sys.stderr.write(f"{_PROGRAM}: {complaint(error)}\n")
        _fail(USAGE)
    directory = asked_for(options) or PRIMARY_DIRECTORY
    if refusal := unreadable(directory):
        _fail(refusal)
    named = dict(options)
    origin = log_name(Path(directory))
    name = f"{origin.syslog_name}/{_PROGRAM}"
    tag = named.get("-t", name)
    # As in Postfix, a script's own name is for those who see it run.
    log = ScriptLog.named(tag, origin.syslog_facility, tag if sys.stderr.isatty() else name)
    _log(log, named.get("-p", "info"), [" ".join(words)] if words else _lines())
    sys.exit(0)


def _log(log: ScriptLog, priority: str, texts: Iterable[str]) -> None:
    speak = _levels(log).get(priority.lower())
    if speak is None:
        _fail(f'bad severity: "{priority}"')
    for text in texts:
        speak(text)
    if priority.lower() in {"fatal", "panic"}:
        time.sleep(_REST_SECONDS)


def _levels(log: ScriptLog) -> dict[str, Callable[[str], None]]:
    """How a record of each priority is written."""
    return {
        "info": log.info,
        "warn": log.warning,
        "warning": log.warning,
        "error": log.error,
        "fatal": log.fatal,
        "panic": log.panic,
    }


def _lines() -> Iterable[str]:
    sys.stdin.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    return (line.rstrip("\n") for line in sys.stdin)


def _fail(text: str) -> NoReturn:
    """As a script may have nobody at its terminal, the log has it, too."""
    name = f"{UNKNOWN.syslog_name}/{_PROGRAM}"
    ScriptLog.named(name, UNKNOWN.syslog_facility, name).fatal(text)
    sys.exit(1)


if __name__ == "__main__":
    main()
