"""What each word of the command line does; a function's value is the exit code."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from postroom.commands.postroom import flush as queue
from postroom.commands.postroom import manager
from postroom.commands.postroom.apply import apply
from postroom.commands.postroom.check import as_json, judge
from postroom.commands.postroom.inspection.spool import mode_in_force
from postroom.config.problem import Severity

# All units of the mail system but the target and slice have names of this form.
UNITS = "postroom-*"
SERVICES = "postroom-*.service"
QUEUE_MANAGER = "postroom-qmgr.service"


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
    apply(source)
    if manager.running():
        _say_what_failed()
        if not manager.is_active(manager.TARGET):
            _say("the mail system is stopped; this takes effect when it starts")
    return 0


def restart(source: Path) -> int:
    """As reload, and every service that runs comes back: as another version, say."""
    judged = reload(source)
    if manager.running():
        manager.restart_all_active(SERVICES)
    return judged


def start(source: Path, *, notes: bool = True) -> int:
    _need_systemd()
    if check(source, notes=notes):
        _say("fatal: not started")
        return 1
    apply(source)
    manager.start((manager.TARGET,))
    return 0


def stop(_: Path) -> int:
    """Sessions under way end first; deferred mail and submitted mail wait for the next start.

    Returns when nothing listens and nothing runs any more.
    """
    _need_systemd()
    manager.stop((manager.TARGET, *manager.parts(manager.TARGET)))
    return 0


def abort(_: Path) -> int:
    """Nothing is waited for: sessions are cut, and deliveries under way are tried again later.

    The queue manager alone may write down what became of those, so that no mail is sent twice
    that had just been taken.
    """
    _need_systemd()
    parts = manager.parts(manager.TARGET)
    # Nothing that was killed starts again while it is to stop.
    manager.stop((manager.TARGET, *parts), wait=False)
    killed = [unit for unit in parts if _may_be_killed(unit)]
    manager.kill(killed)
    manager.stop((manager.TARGET, *parts))
    manager.reset_failed(killed)
    return 0


def _may_be_killed(unit: str) -> bool:
    return unit.endswith(".service") and unit != QUEUE_MANAGER


def status(_: Path) -> int:
    active = manager.is_active(manager.TARGET)
    _say(f"the mail system is {'running' if active else 'not running'}")
    _say(f"programs hand in mail as submission_mode = {mode_in_force() or 'socket'}")
    _say_what_failed()
    return int(not active)


def flush(_: Path) -> int:
    queue.flush()
    return 0


def _say_what_failed() -> None:
    for line in manager.failed(UNITS).splitlines():
        _say(f"failed: {line}")


def _need_systemd() -> None:
    if not manager.running():
        raise manager.Failed("this machine is not run by systemd")


def _say(text: str) -> None:
    sys.stderr.write(f"postroom: {text}\n")
