"""The command line of postconf(1)."""

from getopt import GetoptError, getopt
from pathlib import Path
from typing import NamedTuple

from postroom.commands.options import complaint
from postroom.instance import configuration_directory

CLASSES = frozenset(("builtin", "service", "user", "all"))

SERVICES = "MFP"
"""Services of master.cf, their fields, their parameters."""
TEMPLATES = "bt"
LISTS = "aAlm"
TLS = "T"
_SUBJECTS = f"{SERVICES}{TEMPLATES}{LISTS}{TLS}"
_ACTIONS = "eX#"
_SWITCHES = "dfhHjnpqvx"
_WITH_VALUE = f"c:C:o:{TLS}:"

_EXCLUSIVE = (f"{_SUBJECTS}p", _ACTIONS, "hH")
"""Options of which only one may be given."""

_WITHOUT = {
    **dict.fromkeys(f"{TEMPLATES}{LISTS}{TLS}", f"dn{_ACTIONS}fhHjox"),
    "M": "dnhH",
    "F": "dnX#",
    "P": "dn#",
    "d": f"n{_ACTIONS}o",
    "n": _ACTIONS,
    **dict.fromkeys(_ACTIONS, "fhHjox"),
    "j": "fhH",
}
"""What makes no sense together with an option."""


class UsageError(Exception):
    """A command line that makes no sense."""


class Options(NamedTuple):
    """What is asked for. ``subject`` is empty for main.cf, or a letter; ``mode`` is that of -T."""

    directory: Path
    subject: str
    action: str
    switches: frozenset[str]
    classes: frozenset[str]
    overrides: dict[str, str]
    arguments: tuple[str, ...]
    mode: str

    def has(self, switch: str) -> bool:
        return switch in self.switches


def parse(arguments: list[str]) -> Options:
    """Raises UsageError."""
    try:
        pairs, rest = getopt(arguments, f"{_WITH_VALUE}{_SWITCHES}{_ACTIONS}{_SUBJECTS}")
    except GetoptError as error:
        raise UsageError(complaint(error)) from None
    given = [option[1:] for option, _ in pairs]
    values = [(option[1:], value) for option, value in pairs]
    subject = next((one for one in given if one in _SUBJECTS), "")
    action = _action(subject, given, rest)
    _refuse_contradictions([*given, *action])
    return Options(
        directory=_directory(values),
        subject=subject,
        action=action,
        switches=frozenset(given),
        classes=_classes(values),
        overrides=dict(name_value(value) for letter, value in values if letter == "o"),
        arguments=tuple(rest),
        mode=next((value for letter, value in values if letter == TLS), ""),
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


def _refuse_contradictions(given: list[str]) -> None:
    for group in _EXCLUSIVE:
        of_group = sorted({letter for letter in given if letter in group}, key=group.index)
        if len(of_group) > 1:
            raise UsageError("specify one of " + " ".join(f"-{letter}" for letter in of_group))
    for letter in given:
        for other in given:
            if other in _WITHOUT.get(letter, ""):
                raise UsageError(_contradiction(letter, other))


def _contradiction(letter: str, other: str) -> str:
    if letter in _SUBJECTS:
        return f"with option -{letter}, do not specify -{other}"
    return f"specify one of -{letter} -{other}"


def _directory(values: list[tuple[str, str]]) -> Path:
    named = [value for letter, value in values if letter == "c"]
    return Path(named[-1] if named else configuration_directory())


def _action(subject: str, given: list[str], arguments: list[str]) -> str:
    """What is to be changed; ``name=value`` in the first place means -e, with nothing else said."""
    action = next((letter for letter in given if letter in _ACTIONS), "")
    changeable = subject in ("", *SERVICES)
    if changeable and "=" in "".join(arguments[:1]):
        if action not in ("", "e"):
            raise UsageError(f"specify one of -e -{action}")
        action = "e"
    if action and changeable and not arguments:
        wanted = "name=value" if action == "e" else "name"
        raise UsageError(f"-{action} requires {wanted} argument")
    return action


def _classes(values: list[tuple[str, str]]) -> frozenset[str]:
    """Those that the last -C names, which may be none at all."""
    text = next((value for letter, value in reversed(values) if letter == "C"), "all")
    words = text.replace(",", " ").split()
    for word in words:
        if word.lower() not in CLASSES:
            raise UsageError(f'unknown -C option value "{word}" in "{text}"')
    return frozenset(map(str.lower, words))
