"""The environment that every command starts with: nothing of ours but what main.cf exports."""

import os
from collections.abc import Mapping

PATH = "/usr/bin:/bin"


def exported(names: tuple[str, ...], ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """postconf(5), export_environment: names to pass on, or name=value to set."""
    result = {"PATH": PATH}
    for item in names:
        name, equals, value = item.partition("=")
        if equals:
            result[name] = value
        elif name in ours:
            result[name] = ours[name]
    return result
