"""Units to text, by the templates in ``units/``."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from postroom_generator.unit import Unit

TEMPLATES = Path("/usr/share/postroom/units")
COMPILED = Path("/var/cache/postroom")


class Unwritable(Exception):
    """A value that could end its line in a unit file and start another."""


def render(units: Iterable[Unit], templates: Path = TEMPLATES) -> Mapping[str, str]:
    """Text by file name; raises Unwritable, or jinja2.TemplateError for a template in error."""
    environment = _environment(templates, COMPILED)
    return {
        unit.name: environment.get_template(unit.template).render(unit.values) for unit in units
    }


def compile_all(templates: Path = TEMPLATES, compiled: Path = COMPILED) -> None:
    """What the templates compile to is kept in ``compiled``, for every run after this one."""
    environment = _environment(templates, compiled)
    for name in environment.list_templates(extensions=("j2",)):
        environment.get_template(name)


class _Kept(FileSystemBytecodeCache):
    """Jinja compares the text of a template to what was compiled; what is not there, or is of
    another text, is compiled again. systemd gives a generator nowhere to keep it."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _environment(templates: Path, compiled: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates),
        bytecode_cache=_Kept(str(compiled)),
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
