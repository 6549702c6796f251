"""Templates of reports that bounce(8) cannot use, or that say odd things (bounce_template_file)."""

from collections.abc import Iterator

from postroom.config.bounce_templates import templates_in_use
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem


def faults(lookup: Lookup) -> Iterator[Problem]:
    """Warnings only: where a template fails, the built-in one is used."""
    yield from templates_in_use(lookup).problems
