"""What each word of the command line does; a function's value is the exit code."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from postroom.commands.postroom import flush as queue
from postroom.commands.postroom import manager
from postroom.commands.postroom.apply import applied_units, apply
from postroom.commands.postroom.check import as_json, judge
from postroom.commands.postroom.inspection.spool import mode_in_force
from postroom.config.problem import Severity

# Fails where the generator fell back to the last good set.
_CONFIG_ERROR = "postroom-config-error.service"


def add_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def check_and_say(options: Namespace) -> int:
    """Say everything that is wrong or has no effect; exits 1 if that is more than warnings."""
    if not options.json:
        return check(options.config_directory)
    judgement = judge(options.config_directory)
    sys.stdout.write(as_json(judgement))
    return int(not judgement.good)


def check(source: Path, *, notes: bool = True) -> int:
    """As ``check_and_say``, for people; who calls us often may want no notes."""
    judgement = judge(source)
    for problem in judgement.problems:
        if notes or problem.severity is not Severity.NOTE:
            _say(str(problem))
    return int(not judgement.good)


def reload(source: Path, *, notes: bool = True) -> int:
    """Nothing changes where the configuration is in error."""
    if check(source, notes=notes):
        _say("fatal: nothing was changed")
        return 1
    try:
        apply(source)
    finally:
        if manager.running():
            _say_what_failed(source)
    if manager.running() and not runs(source):
        _say("the mail system is stopped; this takes effect when it starts")
    return 0


def restart(source: Path) -> int:
    """As reload, and every service that runs comes back: as another version, say."""
    judged = reload(source)
    if manager.running():
        services = [unit for unit in applied_units(source) if unit.endswith(".service")]
        manager.restart_if_active(services)
    return judged


def start(source: Path, *, notes: bool = True) -> int:
    _need_systemd()
    if check(source, notes=notes):
        _say("fatal: not started")
        return 1
    apply(source)
    manager.start((manager.target(source),))
    return 0


def stop(source: Path) -> int:
    """Sessions under way end first; deferred mail and submitted mail wait for the next start.

    Returns when nothing listens and nothing runs any more.
    """
    _need_systemd()
    whole = manager.target(source)
    manager.stop((whole, *manager.parts(whole)))
    return 0


def abort(source: Path) -> int:
    """Nothing is waited for: sessions are cut, and deliveries under way are tried again later.

    The queue manager alone may write down what became of those, so that no mail is sent twice
    that had just been taken.
    """
    _need_systemd()
    whole = manager.target(source)
    parts = manager.parts(whole)
    # Nothing that was killed starts again while it is to stop.
    manager.stop((whole, *parts), wait=False)
    killed = [unit for unit in parts if _may_be_killed(unit)]
    manager.kill(killed)
    manager.stop((whole, *parts))
    manager.reset_failed(killed)
    return 0


def _may_be_killed(unit: str) -> bool:
    return unit.endswith(".service") and not unit.endswith("-qmgr.service")


def status(source: Path) -> int:
    active = runs(source)
    _say(f"the mail system is {'running' if active else 'not running'}")
    _say(f"programs hand in mail as submission_mode = {mode_in_force(source) or 'socket'}")
    _say_what_failed(source)
    return int(not active)


def runs(source: Path) -> bool:
    return manager.is_active(manager.target(source))


def flush(_: Path) -> int:
    queue.flush()
    return 0


def _say_what_failed(source: Path) -> None:
    for line in manager.failed((*applied_units(source), _CONFIG_ERROR)).splitlines():
        _say(f"failed: {line}")


def _need_systemd() -> None:
    if not manager.running():
        raise manager.Failed("this machine is not run by systemd")


def _say(text: str) -> None:
    sys.stderr.write(f"postroom: {text}\n")
