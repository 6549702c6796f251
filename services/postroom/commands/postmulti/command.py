"""The command line of postmulti(1)."""

import os
import sys
from getopt import GetoptError, getopt
from typing import NamedTuple, NoReturn

from postroom import instance
from postroom.commands.postmulti import iteration, life
from postroom.commands.postmulti.instances import Chosen, Instance, instances
from postroom.commands.postroom.manager import Failed
from postroom.config.problem import ConfigError

_USAGE = """\
usage: postmulti -l [-aR] [-g group] [-i name]
       postmulti -p [-a] [-g group] [-i name] command...
       postmulti -x [-aR] [-g group] [-i name] command...
       postmulti -e init
       postmulti -e create|import [-a] [-g group] [-i name] [-G group] [-I name] [param=value...]
       postmulti -e assign -i name [-I name] [-G group]
       postmulti -e destroy|deport|enable|disable -i name"""


class _Line(NamedTuple):
    """What was asked: ``mode`` is one of l, p, x and e."""

    mode: str
    action: str
    chosen: Chosen
    wanted: life.Wanted
    backwards: bool
    words: list[str]


def main() -> NoReturn:
    """Exit code: 0, or 1 with the reason on the standard error, or where a command failed."""
    line = _parse(sys.argv[1:])
    asked = os.environ.get("MAIL_CONFIG", "") or instance.PRIMARY_DIRECTORY
    if instance.instance_of(asked) != instance.PRIMARY:
        _fail(f"{asked}: postmulti goes by the first instance, {instance.PRIMARY_DIRECTORY}")
    try:
        sys.exit(_act(line))
    except (ConfigError, Failed, life.Impossible, OSError) as error:
        _fail(str(error))


def _act(line: _Line) -> int:
    if line.mode == "e":
        return life.ACTIONS[line.action](line.chosen, line.wanted)
    found = line.chosen.among(instances())
    if line.chosen.name and not found:
        _fail(f"no such instance: {line.chosen.name}")
    return _iterate(line, found[::-1] if line.backwards else found)


def _iterate(line: _Line, found: list[Instance]) -> int:
    match line.mode:
        case "l":
            return iteration.show(found)
        case "p":
            return iteration.control(found, line.words)
    return iteration.execute(found, line.words)


def _parse(arguments: list[str]) -> _Line:
    try:
        pairs, words = getopt(arguments, "ae:g:i:G:I:lpRvx")
    except GetoptError as error:
        _fail(f"{error}\n{_USAGE}")
    options = dict(pairs)
    modes = [mode for mode in "lpxe" if f"-{mode}" in options]
    action = options.get("-e", "")
    is_bad = (
        len(modes) != 1
        or (bool(action) and action not in life.ACTIONS)
        or (modes[0] in "px" and not words)
        or ("-p" in options and "-R" in options)
    )
    if is_bad:
        _fail(_USAGE)
    chosen = Chosen(options.get("-i", ""), options.get("-g", ""))
    wanted = life.Wanted(options.get("-I", ""), options.get("-G", ""), tuple(words))
    return _Line(modes[0], action, chosen, wanted, "-R" in options, words)


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postmulti: fatal: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
