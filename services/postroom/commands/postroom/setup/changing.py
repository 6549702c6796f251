"""From one mode of ``postroom setup`` to another, or back."""

from collections.abc import Mapping
from pathlib import Path

from postroom.commands.postroom import verbs
from postroom.commands.postroom.setup import address, diversion, other_mailers, record
from postroom.commands.postroom.setup.modes import plan
from postroom.commands.postroom.setup.record import Mode, Record
from postroom.config import edit
from postroom.config.rewriting import rewrite

_NOTHING = Record(mode=Mode(""))


def set_up(source: Path, mode: Mode) -> int:
    """Raises address.Unusable, before anything is changed, and what verbs.reload raises."""
    if mode.name == "beside":
        address.check(mode.address)
    done = record.load(source) or _NOTHING
    history = done.history
    if done.mode.name and done.mode != mode:
        history = (*history, done.mode)
    return _change(source, done, mode, history)


def undo(source: Path) -> int:
    """Back to the mode before, if there was one."""
    done = record.load(source) or _NOTHING
    *history, mode = done.history or (_NOTHING.mode,)
    return _change(source, done, mode, tuple(history))


def set_up_nothing(source: Path) -> int:
    """As if there never had been a mode, whatever the modes before were."""
    return _change(source, record.load(source) or _NOTHING, _NOTHING.mode, ())


def _change(source: Path, done: Record, mode: Mode, history: tuple[Mode, ...]) -> int:
    """The other mail system stops before we listen, and is back when we do not any more."""
    _edit_back(source, done)
    planned = plan(source, mode) if mode.name else _NOTHING
    if mode == done.mode:
        # Set up once more: what was taken over is no longer another's.
        planned = planned.and_also(done)
    record.save(source, planned.with_history(history))
    _edit(source, planned)
    for path in done.commands:
        if path not in planned.commands:
            diversion.restore(path)
    other_mailers.stop(planned.units)
    for path in planned.commands:
        if path not in done.commands:
            diversion.divert(path)
    if not mode.name:
        record.forget(source)
    failed = verbs.reload(source)
    other_mailers.bring_back([unit for unit in done.units if unit not in planned.units])
    return failed


def _edit(source: Path, planned: Record) -> None:
    entries = {name: f"{name} = {now}" for name, (_, now) in planned.parameters.items()}
    comments = {line: f"#{line}" for line in planned.lines}
    rewrite(source / "main.cf", lambda text: edit.replace(text, entries, edit.parameter_key))
    rewrite(source / "master.cf", lambda text: _exchanged(text, comments))


def _edit_back(source: Path, done: Record) -> None:
    """What was changed again since stays as it is."""
    lines = {f"#{line}": line for line in done.lines}
    rewrite(source / "main.cf", lambda text: _with_former_parameters(text, done))
    rewrite(source / "master.cf", lambda text: _exchanged(text, lines))


def _with_former_parameters(text: str, done: Record) -> str:
    for name, (former, now) in done.parameters.items():
        if f"{name} = {now}" not in text.splitlines():
            continue
        if former is None:
            text = edit.remove(text, (name,), edit.parameter_key)
        else:
            text = edit.replace(text, {name: f"{name} = {former}"}, edit.parameter_key)
    return text


def _exchanged(text: str, lines: Mapping[str, str]) -> str:
    return "".join(f"{lines.get(line, line)}\n" for line in text.splitlines())
