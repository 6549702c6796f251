"""postconf -b and -t: the templates of reports, with their ``$names`` expanded or as they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from postroom.commands.postconf.options import Options, UsageError
from postroom.commands.postconf.warnings import warn, warn_of_problems
from postroom.config.bounce_templates import expanded, load_templates
from postroom.config.bounce_templates.template import BadTemplate, Template
from postroom.config.configuration import Configuration
from postroom.config.problem import ConfigError


def show(configuration: Configuration, options: Options, out: TextIO) -> None:
    """Raises UsageError, or ConfigError for templates that bounce(8) could not use."""
    path = _path(configuration, options)
    header_from = str(configuration.typed("header_from_format", options.overrides))
    templates, problems = load_templates(path, header_from)
    warn_of_problems(problems)
    if options.subject == "t":
        out.write("\n".join(map(str, templates)))
    else:
        out.write("\n".join(_expanded(templates, path, configuration, options)))


def _path(configuration: Configuration, options: Options) -> Path | None:
    """The file on the command line, or main.cf's; an empty name means the built-in templates."""
    if len(options.arguments) > 1:
        raise UsageError("options -b and -t require at most one template file")
    name = configuration.text("bounce_template_file", options.overrides)
    if options.arguments:
        name = options.arguments[0]
    return Path(name) if name else None


def _expanded(
    templates: tuple[Template, ...],
    path: Path | None,
    configuration: Configuration,
    options: Options,
) -> Iterator[str]:
    for template in templates:
        try:
            text, oddities = expanded(template, configuration, options.overrides)
        except BadTemplate as error:
            raise ConfigError(path or Path("[built-in]"), 0, str(error)) from None
        for oddity in oddities:
            warn(f"{path or '[built-in]'}: {oddity}")
        yield f"expanded_{template.name}_text = <<EOF\n{text}EOF\n"
