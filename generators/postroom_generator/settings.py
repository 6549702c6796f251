"""The settings a service finds in its credential: its parameters, expanded, and a few facts."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import chain

import msgspec

from postroom.config.restriction_classes import restriction_classes
from postroom_generator.service import Service


def settings_of(service: Service, facts: Mapping[str, object]) -> bytes:
    """JSON for the program's ``Settings``; raises ConfigError for a value that does not fit."""
    kind = _kind(service)
    wanted = {name: facts[name] for name in kind.__struct_encode_fields__ if name in facts}
    values = service.configuration.settings(kind, service.line.overrides, **wanted)
    try:
        return msgspec.json.encode(values)
    except UnicodeEncodeError:
        raise service.error("a parameter of this service is not UTF-8") from None


def lists_of(service: Service) -> Iterator[str]:
    """The elements of all parameters of a service that are lists, and of restriction classes."""
    for field in msgspec.structs.fields(_kind(service)):
        if field.name == "restriction_classes":
            classes = restriction_classes(service.configuration, service.line.overrides)
            yield from chain.from_iterable(classes.values())
        if field.type == tuple[str, ...]:
            value = service.configuration.typed(field.encode_name, service.line.overrides)
            yield from value if isinstance(value, tuple) else ()


def _kind(service: Service) -> type[msgspec.Struct]:
    kind: type[msgspec.Struct] = import_module(service.program.settings_module).Settings
    return kind
