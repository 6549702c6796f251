"""What postconf complains about on the standard error stream."""

import sys
from pathlib import Path

from postroom.config.deprecated import advice
from postroom.config.names import Names
from postroom.config.problem import Problem, place


def warn(text: str) -> None:
    sys.stderr.write(f"postconf: warning: {text}\n")


def warn_of_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        warn(f"{place(problem.path, problem.line)}: {problem.text}")


def warn_of_unknown(name: str, names: Names) -> None:
    warn(f"{name}: unknown parameter{names.hint(name)}")


def warn_of_references(names: Names) -> None:
    """What neither file can set, what they refer to in vain, and what they cannot mean."""
    for setting in names.read_only:
        warn(f"{setting.path}: {setting.in_vain}")
    for setting in names.undefined:
        warn(f"{setting.path}: undefined parameter: {setting.name}")
    for _, fault in names.malformed:
        warn(fault)


def warn_of_names(names: Names, *files: Path) -> None:
    """Settings that nothing reads, or nothing will read in time, in these files."""
    for setting in names.deprecated:
        if setting.path in files:
            warn(f"{setting.path}: {advice(setting.name)}")
    for setting in names.unused:
        if setting.path in files:
            hint = names.hint(setting.name)
            warn(f"{setting.path}: unused parameter: {setting.name}={setting.value}{hint}")
