"""Which lines of master.cf get units, and what is said about the others."""

from collections.abc import Iterator
from pathlib import Path

from postroom.config.configuration import Configuration
from postroom.config.logical_lines import LogicalLine
from postroom.config.master_cf import DEFAULT_PROCESS_LIMIT, ServiceLine, service_of
from postroom.config.problem import Problem, Severity
from postroom_generator.mail_filters import has_filters
from postroom_generator.policy_servers import names_policy_servers
from postroom_generator.programs import (
    ALWAYS,
    DECIDING,
    FILTERING,
    PROGRAMS,
    SERVED_BY_OTHERS,
    STAND_INS,
)
from postroom_generator.service import Service

# Parameters that go by another name where a program stands for one.
_OF_STAND_INS = {
    "postscreen": {
        "smtpd_upstream_proxy_protocol": "postscreen_upstream_proxy_protocol",
        "smtpd_upstream_proxy_timeout": "postscreen_upstream_proxy_timeout",
    }
}


def services_with_units(configuration: Configuration) -> tuple[Service, ...]:
    """Those of programs we have or have a stand-in for, and those that are ours alone."""
    lines = [*_ours(configuration)]
    lines.extend(_own_line(configuration, program) for program in ALWAYS)
    services = tuple(Service(configuration, line) for line in lines)
    asked = {
        FILTERING: any(map(has_filters, services)),
        DECIDING: any(map(names_policy_servers, services)),
    }
    more = (_own_line(configuration, program) for program, wanted in asked.items() if wanted)
    return (*services, *(Service(configuration, line) for line in more))


def notes(configuration: Configuration) -> tuple[Problem, ...]:
    """What master.cf asks for and is done otherwise, or not at all."""
    path = _master_cf(configuration)
    disabled = _disabled(configuration)
    told = ((line, _note(line, disabled)) for line in configuration.services)
    return tuple(
        Problem(severity, path, line.line, f"{line.name}: {text}")
        for line, (severity, text) in told
        if text
    )


def _note(line: ServiceLine, disabled: tuple[str, ...]) -> tuple[Severity, str]:
    if _is_disabled(line, disabled):
        return Severity.NOTE, "master_service_disable has it, and nobody listens there"
    if line.type == "pass":
        return Severity.NOTE, "nothing passes connections on; the line has no effect by itself"
    if line.program in STAND_INS:
        return Severity.NOTE, f"{STAND_INS[line.program]} takes the place of {line.program}"
    if line.program in PROGRAMS or line.program in SERVED_BY_OTHERS:
        return Severity.NOTE, ""
    text = f"there is no program {line.program}; the line has no effect"
    if line.type == "inet":
        return Severity.WARNING, f"{text}, nobody listens there"
    return Severity.NOTE, text


def _ours(configuration: Configuration) -> Iterator[ServiceLine]:
    disabled = _disabled(configuration)
    for line in configuration.services:
        if line.type == "pass" or _is_disabled(line, disabled):
            continue
        if line.program in STAND_INS:
            yield _stand_in(line, configuration)
        elif line.program in PROGRAMS:
            yield line


def _disabled(configuration: Configuration) -> tuple[str, ...]:
    return tuple(configuration.text("master_service_disable").replace(",", " ").split())


def _is_disabled(line: ServiceLine, patterns: tuple[str, ...]) -> bool:
    """The first pattern that matches decides, ``!pattern`` for "no" (postconf(5))."""
    if line.type != "inet":
        return False
    for pattern in patterns:
        bare = pattern.lstrip("!")
        if bare in (line.type, f"{line.name}/{line.type}", f"{line.name}.{line.type}"):
            return (len(pattern) - len(bare)) % 2 == 0
    return False


def _stand_in(line: ServiceLine, configuration: Configuration) -> ServiceLine:
    """What postscreen would have passed to, or the one queue manager there is."""
    program = STAND_INS[line.program]
    known_as = _OF_STAND_INS.get(line.program, {})
    told = {ours: f"${theirs}" for ours, theirs in known_as.items()}
    overrides = {**told, **line.overrides}
    # A stand-in is one process, however many it passes to.
    limit = DEFAULT_PROCESS_LIMIT
    for other in configuration.services:
        if other.type == "pass" and other.program == program:
            overrides |= other.overrides
            limit = other.process_limit
            break
    return line._replace(program=program, overrides=overrides, process_limit=limit)


def _own_line(configuration: Configuration, program: str) -> ServiceLine:
    """As if master.cf had a line for it."""
    text = f"{program} unix - - n - - {program}"
    return service_of(LogicalLine(text, 0), _master_cf(configuration))


def _master_cf(configuration: Configuration) -> Path:
    return configuration.directory / "master.cf"
