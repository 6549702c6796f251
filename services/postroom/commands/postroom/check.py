"""Everything wrong with a configuration: by its own rules, by what it names, by its units."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from postroom.commands.postroom.generation import Rejected, generate
from postroom.commands.postroom.inspection import findings
from postroom.config.configuration import load
from postroom.config.problem import ConfigError, Problem, Severity
from postroom_generator.lines import notes


class Judgement(NamedTuple):
    """A configuration with errors must not take effect."""

    problems: tuple[Problem, ...]

    @property
    def good(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(map(str, self.problems))


def judge(source: Path) -> Judgement:
    """main.cf and master.cf in the directory ``source``."""
    try:
        configuration = load(source)
        problems = (*configuration.problems(), *findings(configuration))
    except ConfigError as error:
        return Judgement((Problem(Severity.ERROR, error.path, error.line, error.text),))
    judgement = Judgement((*problems, *notes(configuration)))
    return Judgement((*judgement.problems, *_refusals(source))) if judgement.good else judgement


def _refusals(source: Path) -> Iterator[Problem]:
    """What only the generator can tell."""
    with TemporaryDirectory(prefix="postroom-check-") as directory:
        try:
            generate(source, Path(directory))
        except Rejected as rejected:
            yield Problem(Severity.ERROR, rejected.path, rejected.line, rejected.text)


def as_json(judgement: Judgement) -> str:
    """An object: ``good``, and ``problems`` with severity, file, line and text."""
    problems = [
        {**one._asdict(), "severity": one.severity.value, "path": str(one.path)}
        for one in judgement.problems
    ]
    found = {"good": judgement.good, "problems": problems}
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"
