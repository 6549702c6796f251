"""The right side of smtp_tls_policy_maps: ``secure match=example.com:.example.com``."""

import re
from typing import NamedTuple

from postroom.delivery.client.tls.policy import BadPolicy, Level, level

_SEPARATORS = re.compile(r"[,\s]+")
_COLON = re.compile(r":")
_BAR = re.compile(r"\|")
# RFC 1123 section 2.1, and the two words that stand for a name.
_HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?", re.ASCII)
_YES_NO = {"yes": True, "no": False}
_KNOWN = frozenset(("ciphers", "connection_reuse", "exclude", "match", "protocols", "servername"))


class Entry(NamedTuple):
    """A level, and what takes the place of parameters; None is what main.cf says.

    ``ignored`` are attributes that say nothing at the level ``none``.
    """

    level: Level
    protocols: str | None = None
    ciphers: str | None = None
    excluded: tuple[str, ...] | None = None
    match: tuple[str, ...] = ()
    servername: str | None = None
    reuse: bool | None = None
    ignored: tuple[str, ...] = ()


def parse_entry(text: str) -> Entry:
    """Raises BadPolicy: half a policy would be a weaker one."""
    words = [word for word in _SEPARATORS.split(text) if word]
    if not words:
        raise BadPolicy("invalid empty policy")
    wanted = level(words[0])
    if wanted is Level.NONE:
        return Entry(wanted, ignored=tuple(words[1:]))
    values: dict[str, str] = {}
    match: tuple[str, ...] = ()
    for word in words[1:]:
        name, value = _attribute(word)
        if name == "match":
            match += _match(value, wanted)
        elif name in values:
            raise BadPolicy(f'attribute "{name}" is specified multiple times')
        else:
            values[name] = value
    return Entry(
        wanted,
        protocols=values.get("protocols"),
        ciphers=values.get("ciphers"),
        excluded=tuple(_COLON.split(values["exclude"])) if "exclude" in values else None,
        match=match,
        servername=_servername(values.get("servername")),
        reuse=_reuse(values.get("connection_reuse")),
    )


def _attribute(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise BadPolicy(f'malformed attribute/value pair "{word}"')
    name = name.lower()
    if name not in _KNOWN:
        raise BadPolicy(f'invalid attribute name: "{name}"')
    if not value:
        raise BadPolicy(f'attribute "{name}" has empty value')
    return name, value


def _match(value: str, wanted: Level) -> tuple[str, ...]:
    if wanted is Level.FINGERPRINT:
        return tuple(_BAR.split(value))
    if wanted.trusts_authorities:
        return tuple(_COLON.split(value))
    raise BadPolicy(f'attribute "match" invalid at security level "{wanted.name.lower()}"')


def _servername(value: str | None) -> str | None:
    if value is not None and not _HOST_NAME.fullmatch(value):
        raise BadPolicy(f'"servername={value}" specifies an invalid hostname')
    return value


def _reuse(value: str | None) -> bool | None:
    if value is None:
        return None
    if value.lower() not in _YES_NO:
        raise BadPolicy(f'attribute "connection_reuse" has bad value: "{value}"')
    return _YES_NO[value.lower()]
