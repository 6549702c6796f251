"""Everything wrong with a configuration, by its own rules and by what units it would make."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from postroom.commands.postroom.generation import Rejected, generate
from postroom.config.configuration import load
from postroom.config.problem import ConfigError, Severity


class Judgement(NamedTuple):
    """A line per finding; a configuration that is not ``good`` must not take effect."""

    good: bool
    lines: tuple[str, ...]


def judge(source: Path) -> Judgement:
    """main.cf and master.cf in the directory ``source``."""
    try:
        problems = load(source).problems()
    except ConfigError as error:
        return Judgement(False, (f"error: {error}",))
    lines = tuple(map(str, problems))
    if any(problem.severity is Severity.ERROR for problem in problems):
        return Judgement(False, lines)
    units = _judge_units(source)
    return Judgement(units.good, lines + units.lines)


def _judge_units(source: Path) -> Judgement:
    """What only the generator can tell."""
    with TemporaryDirectory(prefix="postroom-check-") as directory:
        try:
            notes = generate(source, Path(directory))
        except Rejected as rejected:
            return Judgement(False, (f"error: {rejected}",))
    return Judgement(True, notes)
