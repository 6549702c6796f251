"""What the plan is made of: a unit before it is text."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """One unit file: its name, the template it is made from, and what the template is told.

    ``wanted_by`` is the target that starts it, or empty.
    """

    name: str
    template: str
    values: Mapping[str, object]
    wanted_by: str = ""
