"""The grammar of master.cf: a service per line, eight fields, ``-o`` overrides (master(5))."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from postroom.config.braces import UnbalancedBraces, split_words, unbraced
from postroom.config.logical_lines import (
    BLANK,
    LogicalLine,
    is_stray_continuation,
    logical_lines,
    read,
)
from postroom.config.problem import ConfigError, Problem, Severity

ServiceType = Literal["inet", "unix", "fifo", "unix-dgram", "pass"]
SERVICE_TYPES: tuple[ServiceType, ...] = get_args(ServiceType)

FIELDS = ("service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit")
"""Names of the fields before the command, as ``postconf -F`` shows them."""

END_OF_OPTIONS = "--"

_BLANKS = re.compile(f"[{BLANK}]+")

DEFAULT_PROCESS_LIMIT = -1
"""Stands for ``-``: what ``default_process_limit`` says."""


class ServiceLine(NamedTuple):
    """One service. ``fields`` and ``words`` keep what the line says for postconf.

    ``faulty`` is what stands behind an ``-o`` and sets nothing.
    """

    name: str
    type: ServiceType
    private: bool
    unprivileged: bool
    chroot: bool
    wakeup: float
    wakeup_when_used: bool
    process_limit: int
    program: str
    arguments: tuple[str, ...]
    overrides: Mapping[str, str]
    faulty: tuple[str, ...]
    line: int
    fields: tuple[str, ...]
    words: tuple[str, ...]


class MasterCf(NamedTuple):
    """What a master.cf says; of several lines with one name and type the last one counts.

    ``written`` has them all, in the order of the file.
    """

    path: Path
    written: tuple[ServiceLine, ...]
    problems: tuple[Problem, ...]

    @property
    def services(self) -> tuple[ServiceLine, ...]:
        return tuple({(one.name, one.type): one for one in self.written}.values())


def load_master_cf(path: Path) -> MasterCf:
    """Read and parse; raises ConfigError where Postfix would refuse the file."""
    return parse(read(path), path)


def parse(text: str, path: Path) -> MasterCf:
    services: list[ServiceLine] = []
    problems: list[Problem] = []
    for line in logical_lines(text):
        if is_stray_continuation(line):
            stray = f'logical line must not start with whitespace: "{line.text:.30}"'
            problems.append(Problem(Severity.WARNING, path, line.number, stray))
            continue
        services.append(service_of(line, path))
        problems.extend(_faults(services[-1], path))
    return MasterCf(path, tuple(services), tuple(problems))


def _faults(service: ServiceLine, path: Path) -> Iterator[Problem]:
    """Postfix's master starts such a service, and the service fails."""
    for text in service.faulty:
        said = f'{service.name}: -o wants name=value, not "{text}"'
        yield Problem(Severity.ERROR, path, service.line, said)


def service_of(line: LogicalLine, path: Path) -> ServiceLine:
    """One service from its logical line."""
    try:
        return _service(line)
    except UnbalancedBraces as error:
        raise ConfigError(path, line.number, str(error)) from None
    except ValueError as error:
        raise ConfigError(path, line.number, f'{error} in "{line.text}"') from None


def _service(line: LogicalLine) -> ServiceLine:
    fields, words = _split(line.text)
    name, kind, private, unprivileged, chroot, wakeup, process_limit = fields
    seconds, when_used = _wakeup(wakeup)
    overrides, faulty, arguments = _arguments(words[1:])
    return ServiceLine(
        name=name,
        type=_service_type(kind),
        private=_flag("private", private, default=True),
        unprivileged=_flag("unprivileged", unprivileged, default=True),
        chroot=_flag("chroot", chroot, default=False),
        wakeup=seconds,
        wakeup_when_used=when_used,
        process_limit=_process_limit(process_limit),
        program=words[0],
        arguments=tuple(arguments),
        overrides=MappingProxyType(overrides),
        faulty=tuple(faulty),
        line=line.number,
        fields=tuple(fields),
        words=tuple(words),
    )


def _split(text: str) -> tuple[list[str], list[str]]:
    """The seven plain fields, and the command with its arguments in normal form."""
    columns = _BLANKS.split(text.strip(BLANK), len(FIELDS))
    if len(columns) <= len(FIELDS):
        raise ValueError("bad field count")
    words = split_words(columns.pop(), BLANK)
    return columns, list(_normal_words(words))


def _normal_words(words: Sequence[str]) -> Iterator[str]:
    """``-oname=value`` becomes two words, ``-o { name = value }`` loses braces and blanks."""
    is_option, is_override = True, False
    for index, word in enumerate(words):
        is_option = is_option and (is_override or not index or word.startswith("-"))
        if is_override:
            yield _override(word)
        elif is_option and word.startswith("-o") and word != "-o":
            yield from ("-o", _override(word[2:]))
        else:
            yield _plain(word)
        is_option = is_option and word != END_OF_OPTIONS
        is_override = is_option and not is_override and word == "-o"


def _override(word: str) -> str:
    name, equals, value = _plain(word).partition("=")
    return name.rstrip(BLANK) + equals + value.lstrip(BLANK)


def _plain(word: str) -> str:
    return unbraced(word) if word[0] == "{" else word


def _arguments(words: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Separate ``-o name=value``, and ``-o`` with anything else, from the other arguments.

    Like the programs themselves, options are looked for up to the first word that is none:
    what follows belongs to a command (pipe's ``argv=``).
    """
    overrides: dict[str, str] = {}
    faulty: list[str] = []
    arguments: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "-o":
            text = next(rest, "")
            name, equals, value = (part.strip(BLANK) for part in text.partition("="))
            if equals and len(split_words(name, BLANK)) == 1:
                overrides[name] = value
            else:
                faulty.append(text)
        elif word.startswith("-") and word != END_OF_OPTIONS:
            arguments.append(word)
        else:
            arguments.extend((word, *rest))
    return overrides, faulty, arguments


def _service_type(text: str) -> ServiceType:
    for known in SERVICE_TYPES:
        if text == known:
            return known
    raise ValueError(f'invalid type field "{text}"')


def _flag(field: str, text: str, *, default: bool) -> bool:
    try:
        return {"y": True, "n": False, "-": default}[text]
    except KeyError:
        raise ValueError(f'invalid {field} field "{text}"') from None


def _wakeup(text: str) -> tuple[float, bool]:
    """Seconds between wake-ups (0: none), and whether only after first use (``?``)."""
    digits = text.removesuffix("?")
    if text == "-":
        return 0.0, False
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(f'invalid wakeup field "{text}"')
    return float(digits), digits != text


def _process_limit(text: str) -> int:
    if text == "-":
        return DEFAULT_PROCESS_LIMIT
    if not text.isascii() or not text.isdigit():
        raise ValueError(f'invalid process_limit field "{text}"')
    return int(text)
