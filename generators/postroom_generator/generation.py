"""From a configuration directory to the units in another."""

import sys
from collections.abc import Iterable
from pathlib import Path

from jinja2 import TemplateError

from postroom.config.configuration import load
from postroom.config.instances import is_known
from postroom.config.problem import ConfigError, Problem, Severity
from postroom_generator.lines import notes
from postroom_generator.plan import plan
from postroom_generator.render import TEMPLATES, Unwritable, render
from postroom_generator.write import write


def main(source: Path, directory: Path, templates: Path = TEMPLATES) -> None:
    """Ends the program with the one line that says what is wrong."""
    try:
        _generate(source, directory, templates)
    except (ConfigError, TemplateError, Unwritable, OSError) as error:
        sys.exit(str(error))


def _generate(source: Path, directory: Path, templates: Path) -> None:
    if not is_known(source):
        return
    configuration = load(source)
    _refuse_errors(configuration.problems())
    units = plan(configuration)
    texts = render(units, templates)
    write(directory, units, texts)
    for note in notes(configuration):
        sys.stderr.write(f"{note}\n")


def _refuse_errors(problems: Iterable[Problem]) -> None:
    """The first of them is told here, and all of them by `postroom check`."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise ConfigError(problem.path, problem.line, problem.text)
