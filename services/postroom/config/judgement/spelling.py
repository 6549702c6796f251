"""Slips of the pen: names that nothing defines, reads or lets be set, and old ones; values of the
admin's own names that cannot be expanded."""

from collections.abc import Iterator

from postroom.config.deprecated import advice
from postroom.config.lookup import Lookup
from postroom.config.names import Names
from postroom.config.parameters import declaration
from postroom.config.problem import Problem, Severity


def doubtful_names(lookup: Lookup) -> Iterator[Problem]:
    names = Names(lookup)
    for setting in names.unused:
        text = f"unused parameter: {setting.name}={setting.value}"
        yield Problem(Severity.WARNING, setting.path, setting.line, text + names.hint(setting.name))
    for setting in names.deprecated:
        yield Problem(Severity.WARNING, setting.path, setting.line, advice(setting.name))
    for setting in names.read_only:
        yield Problem(Severity.WARNING, setting.path, setting.line, setting.in_vain)
    for setting, fault in names.malformed:
        if declaration(setting.name) is None:
            text = f"{setting.name}: {fault}"
            yield Problem(Severity.WARNING, setting.path, setting.line, text)
    for setting in names.undefined:
        text = f"undefined parameter: {setting.name}"
        yield Problem(Severity.WARNING, setting.path, setting.line, text + names.hint(setting.name))
