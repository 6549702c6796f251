"""Services of master.cf: whole lines (-M), their fields (-F), their -o settings (-P)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TextIO

from postroom.commands.postconf.options import Options, UsageError
from postroom.commands.postconf.output import print_object, print_setting
from postroom.commands.postconf.patterns import ANY, EVERYTHING, Pattern, pattern
from postroom.commands.postconf.reading import refuse_malformed
from postroom.commands.postconf.warnings import warn, warn_of_names, warn_of_references
from postroom.config.configuration import Configuration
from postroom.config.master_cf import END_OF_OPTIONS, FIELDS, ServiceLine
from postroom.config.master_text import shown_command, shown_line
from postroom.config.names import READ_ONLY, Names

COMMAND = "command"

_FORMS = {"M": "service/type", "F": "service/type/field", "P": "service/type/parameter"}

ShowOne = Callable[[ServiceLine, Pattern, Options, TextIO], None]


def show(configuration: Configuration, options: Options, out: TextIO) -> None:
    """Print what is asked for, in the order of the file: doubles as well, as Postfix does."""
    names = Names(configuration)
    warn_of_references(names)
    refuse_malformed(configuration, names)
    requests = [pattern(one, _FORMS[options.subject]) for one in options.arguments]
    if options.subject == "F":
        _refuse_unknown_fields(requests)
    services = tuple(_as_asked(configuration, options))
    for service in services:
        for request in requests or [EVERYTHING]:
            if request.matches(service.name, service.type):
                _SHOW[options.subject](service, request, options, out)
    out.flush()
    for request in requests:
        if not any(_answers(one, request, options) for one in services):
            warn(f'unmatched request: "{request.text}"')
    if not options.has("q"):
        warn_of_names(names, configuration.master.path)


def _answers(service: ServiceLine, request: Pattern, options: Options) -> bool:
    """Whether the service has what is asked for; every one has all fields."""
    found = request.matches(service.name, service.type)
    return found and (options.subject != "P" or bool(_parameters(service, request)))


def _refuse_unknown_fields(requests: Iterable[Pattern]) -> None:
    for request in requests:
        if request.item not in (*FIELDS, COMMAND, ANY):
            raise UsageError(f'invalid service attribute name: "{request.item}"')


def _as_asked(configuration: Configuration, options: Options) -> Iterable[ServiceLine]:
    services = configuration.master.written
    if options.subject == "P":
        services = _with_common_parameters(services)
    if options.has("x"):
        return [_expanded(service, configuration, options) for service in services]
    return services


def _with_common_parameters(services: tuple[ServiceLine, ...]) -> tuple[ServiceLine, ...]:
    """Lines of one name and type show each other's parameters, as Postfix has it."""
    common: dict[tuple[str, str], dict[str, str]] = {}
    for one in services:
        common.setdefault((one.name, one.type), {}).update(one.overrides)
    return tuple(one._replace(overrides=common[one.name, one.type]) for one in services)


def _show_line(service: ServiceLine, _: Pattern, options: Options, out: TextIO) -> None:
    if options.has("j"):
        fields = dict(zip(FIELDS, service.fields, strict=True))
        print_object(out, **fields, command=shown_command(service, fold=False, column=0))
        return
    out.write(shown_line(service, fold=options.has("f")) + "\n")


def _show_fields(service: ServiceLine, wanted: Pattern, options: Options, out: TextIO) -> None:
    for name, value in zip(FIELDS, service.fields, strict=True):
        if wanted.matches_item(name):
            _print(out, options, service, {"field": name}, value)
    if wanted.matches_item(COMMAND) and options.has("j"):
        _print(
            out, options, service, {"field": COMMAND}, shown_command(service, fold=False, column=0)
        )
    elif wanted.matches_item(COMMAND):
        _show_command(service, options, out)


def _show_command(service: ServiceLine, options: Options, out: TextIO) -> None:
    name = f"{service.name}/{service.type}/{COMMAND}"
    if options.has("H"):
        out.write(f"{name}\n")
        return
    label = "" if options.has("h") else f"{name} = "
    command = shown_command(service, fold=options.has("f"), column=len(label))
    out.write(f"{label}{command}\n")


def _show_parameters(service: ServiceLine, wanted: Pattern, options: Options, out: TextIO) -> None:
    for name, value in _parameters(service, wanted):
        _print(out, options, service, {"parameter": name}, value)


def _parameters(service: ServiceLine, wanted: Pattern) -> list[tuple[str, str]]:
    """The -o settings that are asked for, in the order of their names."""
    return [
        (name, value)
        for name, value in sorted(service.overrides.items())
        if wanted.matches_item(name) and name not in READ_ONLY
    ]


def _print(
    out: TextIO, options: Options, service: ServiceLine, item: dict[str, str], value: str
) -> None:
    """One ``item`` of a service: what it is and its name."""
    of = {"service": service.name, "type": service.type, **item}
    if options.has("j"):
        print_object(out, **of, value=value)
    else:
        print_setting(out, options, "/".join(of.values()), value)


def _expanded(service: ServiceLine, configuration: Configuration, options: Options) -> ServiceLine:
    """The service with its -o values expanded; other arguments are the program's to expand."""
    known = {"service_name": service.name, **service.overrides, **options.overrides}
    values = {name: configuration.text(name, known) for name in service.overrides}
    words = tuple(_expanded_words(service.words, values))
    return service._replace(overrides=values, words=words)


def _expanded_words(words: tuple[str, ...], values: Mapping[str, str]) -> Iterator[str]:
    """A command's words with other values behind its own -o."""
    is_option, is_value = True, False
    for index, word in enumerate(words):
        name = word.partition("=")[0]
        yield f"{name}={values[name]}" if is_value and name in values else word
        is_option = is_option and (is_value or not index or word.startswith("-"))
        is_option = is_option and word != END_OF_OPTIONS
        is_value = is_option and not is_value and word == "-o"


_SHOW: Mapping[str, ShowOne] = {
    "M": _show_line,
    "F": _show_fields,
    "P": _show_parameters,
}
