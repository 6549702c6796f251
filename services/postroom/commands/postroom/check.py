"""Everything wrong with a configuration: by its own rules, by what it names, by its units."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from postroom.commands.postroom.generation import Rejected, generate
from postroom.commands.postroom.inspection import findings
from postroom.config.configuration import load
from postroom.config.problem import ConfigError, Problem, Severity


class Judgement(NamedTuple):
    """A configuration with errors must not take effect; ``notes`` are the generator's."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    @property
    def lines(self) -> tuple[str, ...]:
        return (*map(str, self.problems), *self.notes)


def judge(source: Path) -> Judgement:
    """main.cf and master.cf in the directory ``source``."""
    try:
        configuration = load(source)
        problems = (*configuration.problems(), *findings(configuration))
    except ConfigError as error:
        problems = (Problem(Severity.ERROR, error.path, error.line, error.text),)
    judgement = Judgement(problems)
    return _with_units(source, judgement) if judgement.good else judgement


def _with_units(source: Path, judgement: Judgement) -> Judgement:
    """And what only the generator can tell."""
    with TemporaryDirectory(prefix="postroom-check-") as directory:
        try:
            return judgement._replace(notes=generate(source, Path(directory)))
        except Rejected as rejected:
            refusal = Problem(Severity.ERROR, source, 0, str(rejected))
            return judgement._replace(problems=(*judgement.problems, refusal))


def as_json(judgement: Judgement) -> str:
    """An object: ``good``, ``problems`` with severity, file, line and text, and ``notes``."""
    problems = [
        {**one._asdict(), "severity": one.severity.value, "path": str(one.path)}
        for one in judgement.problems
    ]
    found = {"good": judgement.good, "problems": problems, "notes": judgement.notes}
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"
