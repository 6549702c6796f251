"""postconf -M, -F and -P with -e, -# or -X: changes to master.cf."""

from collections.abc import Callable, Iterable
from pathlib import Path

from postroom.commands.postconf.edit_main import refuse_odd_input
from postroom.commands.postconf.options import Options, UsageError
from postroom.commands.postconf.patterns import ANY, Pattern, matching, pattern
from postroom.commands.postconf.show_master import COMMAND
from postroom.config import edit, master_cf
from postroom.config.logical_lines import BLANK, LogicalLine
from postroom.config.master_cf import FIELDS, ServiceLine, service_of
from postroom.config.master_text import braced, line_of
from postroom.config.problem import ConfigError
from postroom.config.rewriting import rewrite

Services = tuple[ServiceLine, ...]


def change(options: Options) -> None:
    """Raises UsageError, or OSError where the file cannot be changed."""
    path = options.directory / "master.cf"
    if (options.subject, options.action) in (("F", "#"), ("F", "X"), ("P", "#")):
        raise UsageError(f"with option -{options.subject}, do not specify -{options.action}")
    if options.subject != "M" or options.action == "e":
        rewrite(path, lambda text: _replaced(text, path, options))
        return
    refuse_odd_input(options)
    wanted = [pattern(argument) for argument in options.arguments]
    if any("/" not in argument for argument in options.arguments):
        raise UsageError("-Me, -MX or -M# requires service_name/type")
    act = edit.comment_out if options.action == "#" else edit.remove

    def changed(text: str) -> str:
        services = master_cf.parse(text, path).services
        keys = {_key(one) for which in wanted for one in matching(services, which)}
        return act(text, keys, edit.service_key)

    rewrite(path, changed)


def _replaced(text: str, path: Path, options: Options) -> str:
    """The file with the changed services in place of what they were."""
    services = master_cf.parse(text, path).services
    entries: dict[str, ServiceLine] = {}
    for argument in options.arguments:
        current = tuple(entries.get(_key(one), one) for one in services)
        for key, service in _changes(argument, current, options):
            entries[key] = service
    lines = {key: line_of(service, fold=True) for key, service in entries.items()}
    return edit.replace(text, lines, edit.service_key)


def _changes(
    argument: str, services: Services, options: Options
) -> Iterable[tuple[str, ServiceLine]]:
    """Each service an argument changes, under the key it had."""
    name, equals, value = argument.partition("=")
    wanted = pattern(name.strip(BLANK))
    value = value.strip(BLANK)
    if options.action == "e" and not equals:
        raise UsageError(f"missing '=' after attribute name: \"{argument}\"")
    if "\n" in argument:
        raise UsageError("-e, -X, or -# accepts no multi-line input")
    if options.subject == "M":
        return [(f"{wanted.service}/{wanted.type}", _parsed(value))]
    if wanted.item == ANY:
        raise UsageError(f'requires service_name/type/name: "{argument}"')
    act = _CHANGE[options.subject + options.action]
    return [(_key(one), act(one, wanted, value)) for one in matching(services, wanted)]


def _with_field(service: ServiceLine, wanted: Pattern, value: str) -> ServiceLine:
    if wanted.item == COMMAND:
        return _parsed(" ".join((*service.fields, value)))
    if wanted.item not in FIELDS:
        raise UsageError(f'invalid service attribute name: "{wanted.item}"')
    fields = list(service.fields)
    fields[FIELDS.index(wanted.item)] = value
    return _parsed(" ".join((*fields, *map(braced, service.words))))


def _with_parameter(service: ServiceLine, wanted: Pattern, value: str) -> ServiceLine:
    """Change an -o setting where it stands, or add it behind the other options."""
    if any(blank in value for blank in BLANK):
        raise UsageError("-Pe does not accept whitespace in parameter value")
    words = list(service.words)
    setting = f"{wanted.item}={value}"
    place = _place(words, wanted.item)
    if place is not None:
        words[place] = setting
    else:
        end = _end_of_options(words)
        words[end:end] = ["-o", setting]
    return service._replace(words=tuple(words))


def _without_parameter(service: ServiceLine, wanted: Pattern, _: str) -> ServiceLine:
    words = list(service.words)
    while (place := _place(words, wanted.item)) is not None:
        del words[place - 1 : place + 1]
    return service._replace(words=tuple(words))


def _place(words: list[str], name: str) -> int | None:
    """Where the -o setting of a parameter stands among a service's words."""
    for index in range(2, _end_of_options(words)):
        if words[index - 1] == "-o" and words[index].partition("=")[0] == name:
            return index
    return None


def _end_of_options(words: list[str]) -> int:
    """The index of the first argument that is no option and no option's value."""
    index = 1
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] == "-o" else 1
    return min(index, len(words))


def _parsed(text: str) -> ServiceLine:
    try:
        return service_of(LogicalLine(text, 0), Path("master.cf"))
    except ConfigError as error:
        raise UsageError(error.text) from None


def _key(service: ServiceLine) -> str:
    return f"{service.name}/{service.type}"


_CHANGE: dict[str, Callable[[ServiceLine, Pattern, str], ServiceLine]] = {
    "Fe": _with_field,
    "Pe": _with_parameter,
    "PX": _without_parameter,
}
