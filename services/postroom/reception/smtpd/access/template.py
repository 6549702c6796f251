"""Texts with macros for a reply: default_rbl_reply and rbl_reply_maps (postconf(5))."""

import re
from collections.abc import Mapping

_MACRO = re.compile(
    r"\$(?:(?P<plain>[a-z_]+)|\((?P<round>[a-z_]+)\)"
    r"|\{(?P<name>[a-z_]+)(?:(?P<sign>[?:])(?P<text>[^}]*))?\})"
)


def fill(template: str, values: Mapping[str, str]) -> str:
    """``$name``, ``${name}``, ``${name?text if it is set}``, ``${name:text if it is not}``.

    What values contain is not looked at again; a name nobody knows is empty.
    """

    def value(match: re.Match[str]) -> str:
        name = match["plain"] or match["round"] or match["name"]
        found = values.get(name, "")
        if match["sign"] is None:
            return found
        return fill(match["text"], values) if bool(found) is (match["sign"] == "?") else ""

    return _MACRO.sub(value, template)
