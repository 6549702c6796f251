"""The settings a service finds in its credential: its parameters, expanded, and a few facts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from itertools import chain

import msgspec

from postroom.config import table_types
from postroom.config.restriction_classes import restriction_classes
from postroom.config.settings import told
from postroom_generator.service import Service

_PASSWORDS = "_sasl_password_maps"


def settings_of(service: Service, facts: Mapping[str, object]) -> bytes:
    """JSON for the program's ``Settings``; raises ConfigError for a value that does not fit."""
    kind = _kind(service)
    names = (field.encode_name for field in told(kind))
    wanted = {name: facts[name] for name in names if name in facts}
    overrides = {"service_name": service.line.name, **service.line.overrides}
    values = service.configuration.settings(kind, overrides, **wanted)
    try:
        return msgspec.json.encode(values)
    except UnicodeEncodeError:
        raise service.error("a parameter of this service is not UTF-8") from None


def changes_under_stress(service: Service, facts: Mapping[str, object]) -> bytes:
    """JSON with the settings that are others where ``stress`` is set, as by master(8) under
    overload; none where the service's line sets it for good."""
    if "stress" in service.line.overrides:
        return b"{}"
    line = service.line._replace(overrides={**service.line.overrides, "stress": "yes"})
    calm, stressed = (
        msgspec.json.decode(settings_of(each, facts))
        for each in (service, replace(service, line=line))
    )
    return msgspec.json.encode({name: v for name, v in stressed.items() if calm[name] != v})


def lists_of(service: Service) -> Iterator[str]:
    """The elements of all parameters of a service that are lists, and of restriction classes.

    Tables of passwords that lie in files are the service's alone, and not told.
    """
    for field in told(_kind(service)):
        if field.name == "restriction_classes":
            classes = restriction_classes(service.configuration, service.line.overrides)
            yield from chain.from_iterable(classes.values())
        if field.type == tuple[str, ...]:
            value = service.configuration.typed(field.encode_name, service.line.overrides)
            words = value if isinstance(value, tuple) else ()
            if field.encode_name.endswith(_PASSWORDS):
                words = tuple(chain.from_iterable(map(_at_servers, words)))
            yield from words


def _at_servers(word: str) -> Iterator[str]:
    """The tables that proxymap asks for us, among those that a word names."""
    for kind, name in table_types.with_members(word):
        if kind in table_types.SERVED:
            yield f"{kind}:{name}"


def _kind(service: Service) -> type[msgspec.Struct]:
    kind: type[msgspec.Struct] = import_module(service.program.settings_module).Settings
    return kind
