"""``python3 -I -B -m postroom_generator CONFIG_DIRECTORY UNIT_DIRECTORY [TEMPLATES]``.

Nothing is written for a further instance that the first one's main.cf does not name. Exits 0 with
notes on the standard error, or 1 with the one line that says what is wrong.
"""

import gc
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


def main() -> None:
    gc.disable()  # it ends before there is anything worth collecting
    try:
        _generate(*map(Path, sys.argv[1:]))
    except (ConfigError, TemplateError, Unwritable, OSError) as error:
        sys.exit(str(error))


def _generate(source: Path, directory: Path, templates: Path = TEMPLATES) -> None:
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


if __name__ == "__main__":
    main()
