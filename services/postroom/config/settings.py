"""Settings structs of services, filled from a configuration.

A field is a parameter of the same name (its encoded name, where it has one), a fact handed in, or
what several parameters say together; one with a default is neither. Its annotation says in which
form it is wanted: ``str`` takes the expanded text of any parameter, everything else the declared
kind.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from postroom.config.lookup import Lookup
from postroom.config.problem import ConfigError
from postroom.config.restriction_classes import restriction_classes
from postroom.config.sni_chains import sni_chains

S = TypeVar("S", bound=msgspec.Struct)

TOGETHER: Mapping[str, Callable[[Lookup, Mapping[str, str]], object]] = {
    "restriction_classes": restriction_classes,
    "sni_chains": sni_chains,
}
"""What parameters whose names only main.cf knows come to."""


def told(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields that a service has to be told."""
    fields = _told.get(kind)
    if fields is None:
        required = (field for field in msgspec.structs.fields(kind) if field.required)
        fields = _told[kind] = tuple(required)
    return fields


# To find out the types of a struct's fields takes msgspec a while.
_told: dict[type[msgspec.Struct], tuple[msgspec.structs.FieldInfo, ...]] = {}


def build(
    kind: type[S],
    configuration: Lookup,
    overrides: Mapping[str, str],
    facts: Mapping[str, object],
) -> S:
    """One service's settings; ConfigError names the parameter and the file it was set in."""
    values: dict[str, object] = {}
    for field in told(kind):
        name = field.encode_name
        if name in facts:
            values[name] = facts[name]
            continue
        if name in TOGETHER:
            values[name] = TOGETHER[name](configuration, overrides)
            continue
        values[name] = configuration.typed(name, overrides)
        if field.type is str and not isinstance(values[name], str):
            values[name] = configuration.text(name, overrides)
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(
            configuration.directory, 0, f"settings of {kind.__module__}: {error}"
        ) from None
