"""Templates of reports, in the format of bounce(5): read, checked, expanded.

The generator gives bounce(8) what a configuration makes of them; postconf -b and -t show it.
"""

from postroom.config.bounce_templates.expansion import expanded
from postroom.config.bounce_templates.in_use import InUse, templates_in_use
from postroom.config.bounce_templates.selection import Templates, load_templates
from postroom.config.bounce_templates.template import Template

__all__ = [
    "InUse",
    "Template",
    "Templates",
    "expanded",
    "load_templates",
    "templates_in_use",
]
