"""The whole of an import, and what it has come to."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from postroom.commands.postroom.check import judge
from postroom.commands.postroom.importing.finding import Finding, What
from postroom.commands.postroom.importing.origin import Origin
from postroom.commands.postroom.importing.placing import place
from postroom.commands.postroom.importing.staging import Stage, finish, stage
from postroom.config.judgement.written import written
from postroom.config.main_cf import load_main_cf
from postroom.config.parameters import declaration
from postroom.config.problem import ConfigError


class Outcome(NamedTuple):
    """``good``: postroom reload would accept it. ``done``: it is in its place."""

    findings: tuple[Finding, ...]
    good: bool
    done: bool


def take_over(source: Path, target: Path, *, rehearse: bool) -> Outcome:
    """From a directory of Postfix's to one of Postroom's; raises ConfigError, OSError."""
    if source.resolve() == target.resolve():
        raise ConfigError(source, 0, "it is the directory that everything would be imported into")
    origin = Origin(source)
    with TemporaryDirectory(prefix="postroom-import-") as directory:
        staged = stage(origin, Path(directory).resolve(), target.absolute())
        if not rehearse:
            staged = _with_indexes_elsewhere(staged)
        judged = tuple(_judged(staged))
        findings = (*_acting(origin, staged), *staged.findings, *judged)
        good = all(one.what is not What.ERROR for one in judged)
        found = tuple(_as_placed(one, staged) for one in findings)
        if rehearse:
            return Outcome(found, good, done=False)
        finish(staged)
        target.mkdir(0o755, parents=True, exist_ok=True)
        saved = tuple(place(staged.directory, staged.files, staged.target))
        return Outcome((*found, *saved), good, done=True)


def as_json(outcome: Outcome) -> str:
    """An object: ``done``, ``good``, and ``findings`` with what, file, line and text."""
    findings = [
        {"what": one.what.value, "path": str(one.path), "line": one.line, "text": one.text}
        for one in outcome.findings
    ]
    said = {"done": outcome.done, "good": outcome.good, "findings": findings}
    return msgspec.json.format(msgspec.json.encode(said)).decode() + "\n"


def _with_indexes_elsewhere(staged: Stage) -> Stage:
    """Postroom's indexes of tables that stay; Postfix's, beside them, are left alone."""
    built = [finding for one in staged.elsewhere for finding in one.build()]
    return staged._replace(elsewhere=(), findings=(*staged.findings, *built))


def _acting(origin: Origin, staged: Stage) -> Iterator[Finding]:
    """But for what became a comment."""
    kept = load_main_cf(staged.directory / "main.cf").assignments
    gone = origin.configuration.main.assignments.keys() - kept.keys()
    for one in sorted(written(origin.configuration), key=lambda one: (one.path, one.line)):
        parameter = declaration(one.name)
        if parameter is not None and parameter.acts and one.name not in gone:
            yield Finding(What.ACTS, one.path, one.line, one.name)


def _judged(staged: Stage) -> Iterator[Finding]:
    """What postroom check will say, but of indexes that are only built if this is no rehearsal."""
    missing = [str(one.path) for one in staged.elsewhere]
    for problem in judge(staged.directory).problems:
        if not any(path in problem.text for path in missing):
            yield Finding.of(problem)


def _as_placed(finding: Finding, staged: Stage) -> Finding:
    """As it is once everything is in its place. Lines of the two files keep their numbers."""
    stage_name, target = str(staged.directory), str(staged.target)
    path = Path(str(finding.path).replace(stage_name, target))
    return finding._replace(path=path, text=finding.text.replace(stage_name, target))
