"""The grammar of main.cf: ``name = value`` lines (postconf(5))."""

from pathlib import Path
from typing import NamedTuple

from postroom.config.logical_lines import (
    BLANK,
    LogicalLine,
    is_stray_continuation,
    logical_lines,
    read,
)
from postroom.config.problem import ConfigError, Problem, Severity


class Assignment(NamedTuple):
    """One ``name = value`` with its (first) line."""

    name: str
    value: str
    line: int


class MainCf(NamedTuple):
    """What a main.cf says; of several assignments to a name the last one counts."""

    path: Path
    assignments: dict[str, Assignment]
    problems: tuple[Problem, ...]


def load_main_cf(path: Path) -> MainCf:
    """Read and parse; raises ConfigError where Postfix would refuse the file."""
    return parse(read(path), path)


def parse(text: str, path: Path) -> MainCf:
    assignments: dict[str, Assignment] = {}
    problems: list[Problem] = []
    for line in logical_lines(text):
        if is_stray_continuation(line):
            problems.append(_stray(path, line))
            continue
        assignment = assignment_of(line, path)
        if assignment.name in assignments:
            problems.append(_overridden(path, line, assignments[assignment.name]))
        assignments[assignment.name] = assignment
    return MainCf(path, assignments, tuple(problems))


def assignment_of(line: LogicalLine, path: Path) -> Assignment:
    """Split one logical line; the value keeps its inner whitespace."""
    name, equals, value = line.text.partition("=")
    name = name.rstrip(BLANK)
    if not name:
        raise ConfigError(path, line.number, f'missing attribute name: "{line.text}"')
    if not equals or any(blank in name for blank in BLANK):
        raise ConfigError(path, line.number, f"missing '=' after attribute name: \"{line.text}\"")
    return Assignment(name, value.strip(BLANK), line.number)


def _stray(path: Path, line: LogicalLine) -> Problem:
    text = f'logical line must not start with whitespace: "{line.text:.30}"'
    return Problem(Severity.WARNING, path, line.number, text)


def _overridden(path: Path, line: LogicalLine, earlier: Assignment) -> Problem:
    text = f"overriding earlier entry: {earlier.name}={earlier.value}"
    return Problem(Severity.WARNING, path, line.number, text)
