"""What each command of postfix(1) does; a function's value is the exit code."""

from collections.abc import Callable, Mapping
from pathlib import Path

from postroom.commands.postfix import refusals
from postroom.commands.postfix.directories import make_directories
from postroom.commands.postroom import manager
from postroom.commands.postroom import verbs as ours
from postroom.commands.queue import postqueue
from postroom.maillog.postfix_script import PostfixScriptLog

KNOWN = (
    "stop, reload, abort, flush, check, status, set-permissions, upgrade-configuration, logrotate"
)


def run(words: list[str], directory: Path, log: PostfixScriptLog) -> int:
    """Carry out ``words``, of which Postfix, too, ignores what a command has no use for."""
    name, *arguments = words or [""]
    if name in refusals.SUBCOMMANDS and arguments != ["create-missing"]:
        return refusals.refuse_subcommand(name, arguments, log)
    if name in refusals.REASONS:
        log.not_offered(name, refusals.REASONS[name])
        return 1
    if name not in _VERBS:
        log.unknown_command(name, KNOWN)
        return 1
    if name in _NEEDS_IT_RUNNING and not ours.runs(directory):
        log.must_run()
        return 1
    return _VERBS[name](directory, log)


def _start(directory: Path, log: PostfixScriptLog) -> int:
    if ours.runs(directory):
        log.already_running()
        return 1
    log.starting()
    return ours.start(directory, notes=False)


def _stop(directory: Path, log: PostfixScriptLog) -> int:
    log.stopping()
    return ours.stop(directory)


def _abort(directory: Path, log: PostfixScriptLog) -> int:
    log.aborting()
    return ours.abort(directory)


def _reload(directory: Path, log: PostfixScriptLog) -> int:
    log.refreshing()
    return ours.reload(directory, notes=False)


def _flush(_: Path, __: PostfixScriptLog) -> int:
    """As postqueue -f, which ends with a code of its own where it cannot."""
    postqueue.run(["-f"])
    return 0


def _check(directory: Path, _: PostfixScriptLog) -> int:
    return ours.check(directory)


def _status(directory: Path, log: PostfixScriptLog) -> int:
    if ours.runs(directory):
        log.running(manager.target(directory))
        return 0
    log.not_running()
    return 1


def _set_permissions(_: Path, __: PostfixScriptLog) -> int:
    make_directories()
    return 0


def _upgrade_configuration(_: Path, __: PostfixScriptLog) -> int:
    """Files of any version act as they are."""
    return 0


_NEEDS_IT_RUNNING = frozenset(("stop", "abort", "reload"))
_VERBS: Mapping[str, Callable[[Path, PostfixScriptLog], int]] = {
    "start": _start,
    "stop": _stop,
    "abort": _abort,
    "reload": _reload,
    "flush": _flush,
    "check": _check,
    "status": _status,
    "set-permissions": _set_permissions,
    "post-install": _set_permissions,
    "upgrade-configuration": _upgrade_configuration,
}
