"""Which templates a configuration has: those of a file where they are sound, else the built-in."""

from pathlib import Path
from typing import NamedTuple

from postroom.config.bounce_templates.builtin import builtin_templates
from postroom.config.bounce_templates.template import BadTemplate, Template, read_template
from postroom.config.bounce_templates.template_file import Entry, read_entries
from postroom.config.problem import Problem, Severity

_SUFFIX = "_template"


class Templates(NamedTuple):
    """One for each name, always in the same order; ``problems`` are warnings about the file."""

    templates: tuple[Template, ...]
    problems: tuple[Problem, ...] = ()


def load_templates(path: Path | None, header_from_format: str) -> Templates:
    """Without a file, those that are built in.

    Raises ConfigError for a file that cannot be read or understood; a template in it that
    cannot be used is a problem, and the built-in one stands.
    """
    templates = dict(builtin_templates(header_from_format))
    if path is None:
        return Templates(tuple(templates.values()))
    builtin = dict(templates)
    problems = []
    for entry in read_entries(path):
        if entry.problem:
            problems.append(_warning(path, entry.line, entry.problem))
        name = entry.name.removesuffix(_SUFFIX)
        if name not in builtin or name == entry.name:
            problems.append(_unknown(path, entry))
            continue
        try:
            templates[name] = read_template(entry.text, builtin[name])
        except BadTemplate as error:
            templates[name] = builtin[name]
            problems.append(_warning(path, 0, f"{error} -- ignoring this template"))
    return Templates(tuple(templates.values()), tuple(problems))


def _unknown(path: Path, entry: Entry) -> Problem:
    text = f"unknown template name: {entry.name} -- ignoring this template"
    return _warning(path, entry.line, text)


def _warning(path: Path, line: int, text: str) -> Problem:
    return Problem(Severity.WARNING, path, line, text)
