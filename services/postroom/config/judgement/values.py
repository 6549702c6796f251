"""Values that are none: yes for a number, an unknown word, a reference that does not end."""

from collections.abc import Iterator

from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.parameters import declaration
from postroom.config.problem import ConfigError, Problem, Severity


def bad_values(lookup: Lookup) -> Iterator[Problem]:
    """Errors; only warnings for parameters that change nothing whatever they say."""
    for one in written(lookup):
        try:
            lookup.typed(one.name, one.overrides)
        except ConfigError as error:
            parameter = declaration(one.name)
            harmless = parameter is not None and not parameter.acts
            severity = Severity.WARNING if harmless else Severity.ERROR
            yield Problem(severity, error.path, error.line, error.text)
