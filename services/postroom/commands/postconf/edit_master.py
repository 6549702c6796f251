"""postconf -M, -F and -P with -e, -# or -X: changes to master.cf."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from postroom.commands.postconf.edit_main import refuse_odd_input
from postroom.commands.postconf.options import Options, UsageError
from postroom.commands.postconf.patterns import ANY, Pattern, pattern
from postroom.commands.postconf.show_master import COMMAND
from postroom.commands.postconf.warnings import warn
from postroom.config import edit
from postroom.config.logical_lines import BLANK, LogicalLine, logical_lines
from postroom.config.master_cf import END_OF_OPTIONS, FIELDS, ServiceLine, service_of
from postroom.config.master_text import braced, line_of
from postroom.config.problem import ConfigError
from postroom.config.rewriting import rewrite

_FORMS = {
    "M": ("service/type", 2),
    "F": ("service/type/field", 3),
    "P": ("service/type/parameter", 3),
}
"""What a change names, and how many parts of it."""


def change(options: Options) -> None:
    """Raises UsageError, or OSError where the file cannot be changed."""
    path = options.directory / "master.cf"
    refuse_odd_input(options)
    wanted = [_pattern(argument, options) for argument in options.arguments]
    rewrite(path, lambda text: _CHANGE[options.subject + options.action](text, path, wanted))


def _pattern(argument: str, options: Options) -> Pattern:
    name, equals, _ = argument.partition("=")
    if options.action == "e" and (not equals or len(name.split()) != 1):
        raise UsageError(f"missing '=' after attribute name: \"{argument}\"")
    wanted = pattern(argument, *_FORMS[options.subject])
    if options.subject != "M" and wanted.item == ANY:
        raise UsageError(f"-{options.subject}{options.action} does not accept a wild-card name")
    if options.subject == "F":
        _check_field(wanted)
    elif options.action == "e" and options.subject == "P" and _has_blank(_value(wanted)):
        raise UsageError("-Pe does not accept whitespace in parameter value")
    return wanted


def _check_field(wanted: Pattern) -> None:
    if wanted.item not in (*FIELDS, COMMAND):
        raise UsageError(f'invalid service attribute name: "{wanted.item}"')
    if wanted.item != COMMAND and _has_blank(_value(wanted)):
        raise UsageError("-Fe does not accept whitespace in non-command field")


def _has_blank(text: str) -> bool:
    return any(blank in text for blank in BLANK)


def _commented_out(text: str, _: Path, wanted: list[Pattern]) -> str:
    return edit.comment_out(text, _keys(text, wanted), edit.service_key)


def _removed(text: str, _: Path, wanted: list[Pattern]) -> str:
    return edit.remove(text, _keys(text, wanted), edit.service_key)


def _keys(text: str, wanted: list[Pattern]) -> set[str]:
    """The services asked for; no other needs to be sound."""
    keys = edit.keys(text, edit.service_key)
    return {key for key in keys for which in wanted if which.matches(*key.rpartition("/")[::2])}


def _replaced(text: str, _: Path, wanted: list[Pattern]) -> str:
    """The first service that matches is replaced, and the others go; or there is a new one."""
    for which in wanted:
        old = _keys(text, [which])
        name = f"{which.service}/{which.type}"
        text = edit.replace_all(text, old, name, line_of(_parsed(_value(which))), edit.service_key)
    return text


def _changed_by(
    act: Callable[[ServiceLine, Pattern], ServiceLine],
) -> Callable[[str, Path, list[Pattern]], str]:
    """A change of every service that matches, one after the other, where it stands."""

    def changed(text: str, path: Path, wanted: list[Pattern]) -> str:
        services = tuple(_services(text, path, wanted))
        entries: dict[int, ServiceLine] = {}
        for which in wanted:
            now = [entries.get(one.line, one) for one in services]
            found = {one.line: act(one, which) for one in now if which.matches(one.name, one.type)}
            if not found:
                warn(f'unmatched service_name/type: "{which.text}"')
            entries.update((line, one._replace(line=line)) for line, one in found.items())
        return edit.replace_at(text, {line: line_of(one) for line, one in entries.items()})

    return changed


def _services(text: str, path: Path, wanted: list[Pattern]) -> Iterator[ServiceLine]:
    """Those that are asked for; no other needs to be sound."""
    for line in logical_lines(text):
        name, _, kind = edit.service_key(line.text).rpartition("/")
        if any(which.matches(name, kind) for which in wanted):
            yield service_of(line, path)


def _with_field(service: ServiceLine, wanted: Pattern) -> ServiceLine:
    value = _value(wanted)
    if wanted.item == COMMAND:
        return _parsed(" ".join((*service.fields, value)))
    fields = list(service.fields)
    fields[FIELDS.index(wanted.item)] = value
    return _parsed(" ".join((*fields, *map(braced, service.words))))


def _with_parameter(service: ServiceLine, wanted: Pattern) -> ServiceLine:
    """Change an -o setting where it stands, or add it behind the other options."""
    words = list(service.words)
    setting = f"{wanted.item}={_value(wanted)}"
    places = _places(words, wanted.item)
    for place in places:
        words[place] = setting
    if not places:
        end = _end_of_options(words)
        words[end:end] = ["-o", setting]
    return service._replace(words=tuple(words))


def _without_parameter(service: ServiceLine, wanted: Pattern) -> ServiceLine:
    words = list(service.words)
    for place in reversed(_places(words, wanted.item)):
        del words[place - 1 : place + 1]
    return service._replace(words=tuple(words))


def _places(words: list[str], name: str) -> list[int]:
    """Where the -o settings of a parameter stand among a service's words."""
    return [
        index
        for index in range(2, _end_of_options(words))
        if words[index - 1] == "-o" and words[index].partition("=")[0] == name
    ]


def _end_of_options(words: list[str]) -> int:
    """The index of the first argument that is no option and no option's value."""
    index = 1
    while index < len(words) and words[index].startswith("-") and words[index] != END_OF_OPTIONS:
        index += 2 if words[index] == "-o" else 1
    return min(index, len(words))


def _value(wanted: Pattern) -> str:
    return wanted.text.partition("=")[2].strip(BLANK)


def _parsed(text: str) -> ServiceLine:
    try:
        return service_of(LogicalLine(text, 0), Path("master.cf"))
    except ConfigError as error:
        raise UsageError(error.text) from None


_CHANGE: Mapping[str, Callable[[str, Path, list[Pattern]], str]] = {
    "Me": _replaced,
    "M#": _commented_out,
    "MX": _removed,
    "Fe": _changed_by(_with_field),
    "Pe": _changed_by(_with_parameter),
    "PX": _changed_by(_without_parameter),
}
