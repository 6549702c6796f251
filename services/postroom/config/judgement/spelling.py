"""Names that nothing defines or nothing reads, most often for a slip of the pen."""

from collections.abc import Iterator

from postroom.config.lookup import Lookup
from postroom.config.names import Names
from postroom.config.problem import Problem, Severity


def unknown_names(lookup: Lookup) -> Iterator[Problem]:
    names = Names(lookup)
    for setting in names.unused:
        text = f"unused parameter: {setting.name}={setting.value}"
        yield Problem(Severity.WARNING, setting.path, setting.line, text + names.hint(setting.name))
    for setting in names.undefined:
        text = f"undefined parameter: {setting.name}"
        yield Problem(Severity.WARNING, setting.path, setting.line, text + names.hint(setting.name))
