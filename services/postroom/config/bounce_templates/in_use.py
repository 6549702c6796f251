"""What bounce(8) works with: sound templates, expanded, and what was wrong with the others."""

from pathlib import Path
from typing import NamedTuple

from postroom.config.bounce_templates.expansion import expanded
from postroom.config.bounce_templates.selection import Templates, load_templates
from postroom.config.bounce_templates.template import BadTemplate, Template
from postroom.config.lookup import NONE, Lookup, Overrides
from postroom.config.problem import ConfigError, Problem, Severity


class InUse(NamedTuple):
    """``templates`` have their texts expanded, one for each name."""

    templates: tuple[Template, ...]
    problems: tuple[Problem, ...]


def templates_in_use(lookup: Lookup, overrides: Overrides = NONE) -> InUse:
    """Those of bounce_template_file; for one that cannot be used, the built-in one."""
    builtin = load_templates(None, str(lookup.typed("header_from_format", overrides)))
    found, problems = _found(lookup, overrides, builtin)
    path = Path(lookup.text("bounce_template_file", overrides))
    templates = []
    for template, otherwise in zip(found.templates, builtin.templates, strict=True):
        used, oddities = _usable(template, otherwise, lookup, overrides)
        templates.append(used)
        # What is odd in our own texts is nobody's fault (postconf -b tells of it).
        if template != otherwise:
            problems += (Problem(Severity.WARNING, path, 0, oddity) for oddity in oddities)
    return InUse(tuple(templates), tuple(problems))


def _found(
    lookup: Lookup, overrides: Overrides, builtin: Templates
) -> tuple[Templates, list[Problem]]:
    """A file that cannot be read must not keep senders from being told."""
    name = lookup.text("bounce_template_file", overrides)
    if not name:
        return builtin, []
    try:
        found = load_templates(Path(name), str(lookup.typed("header_from_format", overrides)))
    except ConfigError as error:
        return builtin, [Problem(Severity.WARNING, error.path, error.line, error.text)]
    return found, list(found.problems)


def _usable(
    template: Template, builtin: Template, lookup: Lookup, overrides: Overrides
) -> tuple[Template, tuple[str, ...]]:
    try:
        text, oddities = expanded(template, lookup, overrides)
    except BadTemplate as error:
        text, _ = expanded(builtin, lookup, overrides)
        return builtin._replace(text=text), (f"{error} -- using the built-in template",)
    return template._replace(text=text), oddities
