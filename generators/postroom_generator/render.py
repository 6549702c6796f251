"""Units to text, by the templates in ``units/``."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from postroom_generator.unit import Unit

TEMPLATES = Path("/usr/share/postroom/units")


class Unwritable(Exception):
    """A value that could end its line in a unit file and start another."""


def render(units: Iterable[Unit], templates: Path = TEMPLATES) -> Mapping[str, str]:
    """Text by file name; raises Unwritable, or jinja2.TemplateError for a template in error."""
    environment = _environment(templates)
    return {
        unit.name: environment.get_template(unit.template).render(unit.values) for unit in units
    }


def _environment(templates: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        finalize=in_unit_file,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        optimized=False,  # each template is rendered once or twice: folding constants costs more
        autoescape=False,  # noqa: S701  unit files are no HTML; in_unit_file is their escaping
    )


def in_unit_file(value: object) -> object:
    """A value as systemd reads it back: one line, and no specifier (systemd.unit(5))."""
    if not isinstance(value, str):
        return value
    if not value.isprintable():
        raise Unwritable(f"{value!r} cannot stand in a unit file")
    return value.replace("%", "%%")
