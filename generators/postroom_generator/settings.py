"""The settings a service finds in its credential: its parameters, expanded, and a few facts."""

from importlib import import_module
from typing import Any

import msgspec

from postroom_generator.service import Service


def settings_of(service: Service, facts: dict[str, Any]) -> bytes:
    """JSON for the program's ``Settings``; raises ConfigError for a value that does not fit."""
    kind: type[msgspec.Struct] = import_module(service.program.settings_module).Settings
    wanted = {name: value for name, value in facts.items() if name in kind.__struct_fields__}
    values = service.configuration.settings(kind, service.line.overrides, **wanted)
    try:
        return msgspec.json.encode(values)
    except UnicodeEncodeError:
        raise service.error("a parameter of this service is not UTF-8") from None
