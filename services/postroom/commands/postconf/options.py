"""The command line of postconf(1)."""

import os
from collections.abc import Iterable
from getopt import GetoptError, gnu_getopt
from pathlib import Path
from typing import NamedTuple

from postroom.config.configuration import DEFAULT_DIRECTORY

CLASSES = frozenset(("builtin", "service", "user", "all"))

_SUBJECTS = "MFP"
"""Fields and services of master.cf."""
_TEMPLATES = "bt"
_LISTS = "aAlm"
_ACTIONS = {"e": "edit", "#": "comment out", "X": "remove"}
_SWITCHES = "dfhHnpvx"
_EXCLUSIVE = ("dneX#", "hH", f"{_SUBJECTS}{_TEMPLATES}")
"""Options of which only one may be given."""


class UsageError(Exception):
    """A command line that makes no sense."""


class Options(NamedTuple):
    """What is asked for. ``subject`` is empty for main.cf, or one of MFP, bt, or aAlm."""

    directory: Path
    subject: str
    action: str
    switches: frozenset[str]
    classes: frozenset[str]
    overrides: dict[str, str]
    arguments: tuple[str, ...]

    def has(self, switch: str) -> bool:
        return switch in self.switches


def parse(arguments: list[str]) -> Options:
    """Raises UsageError."""
    try:
        pairs, rest = gnu_getopt(arguments, f"{_SWITCHES}eX#{_SUBJECTS}{_TEMPLATES}{_LISTS}c:C:o:")
    except GetoptError as error:
        raise UsageError(str(error)) from None
    letters = [option[1:] for option, value in pairs if not value]
    _refuse_contradictions(letters)
    values = [(option[1:], value) for option, value in pairs if value]
    return Options(
        directory=_directory(values),
        subject=next((one for one in letters if one in f"{_SUBJECTS}{_TEMPLATES}{_LISTS}"), ""),
        action=_action(letters, rest),
        switches=frozenset(letters),
        classes=_classes(value for letter, value in values if letter == "C"),
        overrides=dict(name_value(value) for letter, value in values if letter == "o"),
        arguments=tuple(rest),
    )


def name_value(text: str) -> tuple[str, str]:
    """Split ``name=value`` as main.cf would."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not name:
        raise UsageError(f'missing attribute name: "{text}"')
    if not equals or len(name.split()) > 1:
        raise UsageError(f"missing '=' after attribute name: \"{text}\"")
    return name, value.strip()


def _refuse_contradictions(letters: list[str]) -> None:
    for group in _EXCLUSIVE:
        given = sorted({letter for letter in letters if letter in group}, key=group.index)
        if len(given) > 1:
            raise UsageError("specify one of " + " ".join(f"-{letter}" for letter in given))
    templates = [letter for letter in letters if letter in _TEMPLATES]
    others = [letter for letter in letters if letter not in f"{_TEMPLATES}v"]
    if templates and others:
        raise UsageError(f"with option -{templates[0]}, do not specify -{others[0]}")


def _directory(values: list[tuple[str, str]]) -> Path:
    named = [value for letter, value in values if letter == "c"]
    return Path(named[-1] if named else os.environ.get("MAIL_CONFIG", DEFAULT_DIRECTORY))


def _action(letters: list[str], arguments: list[str]) -> str:
    """``name=value`` means -e, with nothing else said."""
    if any(letter in _TEMPLATES for letter in letters):
        return ""
    given = next((letter for letter in letters if letter in _ACTIONS), "")
    if not given and any("=" in argument for argument in arguments):
        given = "e"
    if given == "e" and not arguments:
        raise UsageError("-e requires name=value argument")
    if given in ("#", "X") and not arguments:
        raise UsageError(f"-{given} requires name argument")
    return given


def _classes(texts: Iterable[str]) -> frozenset[str]:
    classes = frozenset(word for text in texts for word in text.replace(",", " ").split())
    if unknown := classes - CLASSES:
        raise UsageError(f'unknown -C option value "{min(unknown)}"')
    return classes or frozenset(("all",))
