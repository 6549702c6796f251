"""Parameters that are set and change nothing, and those that must not be set."""

from collections.abc import Iterator

from postroom.config.judgement.written import Written, written
from postroom.config.lookup import Lookup
from postroom.config.parameter import Accepted, Acts, Obsolete, Parameter, Refused
from postroom.config.parameters import declaration
from postroom.config.problem import Problem


def without_effect(lookup: Lookup) -> Iterator[Problem]:
    """A note for each; an error where to ignore it would be a danger."""
    for one in written(lookup):
        parameter = declaration(one.name)
        if parameter is not None and not _as_by_default(lookup, one, parameter):
            match parameter.status:
                case Acts(_, limits) if limits:
                    yield one.note(limits)
                case Accepted(why, _) | Obsolete(why):
                    yield one.note(f"has no effect: {why}")
                case Refused(why, harmless) if lookup.text(*one[:2]) not in harmless:
                    yield one.error(f"cannot be obeyed: {why}")
                case Refused(why):
                    yield one.note(f"has no effect: {why}")


def _as_by_default(lookup: Lookup, one: Written, parameter: Parameter) -> bool:
    if isinstance(parameter.status, Accepted) and not parameter.status.default_holds:
        return False
    written_text = lookup.raw(one.name, one.overrides) or ""
    return written_text.split() == parameter.default.split()
