"""Services of master.cf: whole lines (-M), their fields (-F), their -o settings (-P)."""

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from postroom.commands.postconf.options import Options, UsageError
from postroom.commands.postconf.output import print_setting
from postroom.commands.postconf.patterns import EVERYTHING, Pattern, matching, pattern
from postroom.commands.postconf.warnings import warn, warn_of_names
from postroom.config.configuration import Configuration
from postroom.config.master_cf import FIELDS, ServiceLine
from postroom.config.master_text import command_of, line_of
from postroom.config.names import Names

COMMAND = "command"

Item = tuple[str, str]
"""A name, and its value."""


def show(configuration: Configuration, options: Options, out: TextIO) -> None:
    """Print what is asked for, in the order of the arguments."""
    wanted = [pattern(argument) for argument in options.arguments] or [EVERYTHING]
    if options.subject == "M" and options.switches & {"h", "H"}:
        raise UsageError("with option -M, do not specify -h or -H")
    if options.subject == "M" and any(one.item != "*" for one in wanted):
        raise UsageError("-M option requires service_name[/type]")
    for one, argument in zip(wanted, options.arguments or ("*",), strict=True):
        services = [
            _expanded(service, configuration) if options.has("x") else service
            for service in matching(configuration.services, one)
        ]
        if not services:
            warn(f'unmatched request: "{argument}"')
        _SHOW[options.subject](services, one, options, out)
    out.flush()
    warn_of_names(Names(configuration), configuration.master.path)


def _show_lines(services: Iterable[ServiceLine], _: Pattern, options: Options, out: TextIO) -> None:
    for service in services:
        out.write(line_of(service, fold=options.has("f")) + "\n")


def _show_items(
    items_of: Callable[[ServiceLine, Options], Iterator[Item]],
) -> Callable[[Iterable[ServiceLine], Pattern, Options, TextIO], None]:
    def show_items(
        services: Iterable[ServiceLine], wanted: Pattern, options: Options, out: TextIO
    ) -> None:
        for service in services:
            for name, value in items_of(service, options):
                if wanted.matches_item(name):
                    full = f"{service.name}/{service.type}/{name}"
                    print_setting(out, options, full, value)

    return show_items


def _fields(service: ServiceLine, _: Options) -> Iterator[Item]:
    yield from zip(FIELDS, service.fields, strict=True)
    yield COMMAND, command_of(service, fold=False)


def _parameters(service: ServiceLine, _: Options) -> Iterator[Item]:
    yield from sorted(service.overrides.items())


def _expanded(service: ServiceLine, configuration: Configuration) -> ServiceLine:
    """The service with its -o values expanded; other arguments are the program's to expand."""
    known = {"service_name": service.name, **service.overrides}
    values = {name: configuration.text(name, known) for name in service.overrides}
    pairs = {f"{name}={service.overrides[name]}": f"{name}={values[name]}" for name in values}
    words = list(service.words)
    for index, word in enumerate(service.words):
        if not word.startswith("-") and (not index or service.words[index - 1] != "-o"):
            if index:
                break
        elif index and service.words[index - 1] == "-o":
            words[index] = pairs.get(word, word)
    return service._replace(overrides=values, words=tuple(words))


_SHOW = {"M": _show_lines, "F": _show_items(_fields), "P": _show_items(_parameters)}
