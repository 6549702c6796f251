"""Restriction lists: misspelt names, restrictions that are not there yet, dead ends."""

from collections.abc import Iterator

from postroom.config import restriction_names, table_types
from postroom.config.judgement.written import Written, words_of, written
from postroom.config.kinds import Restrictions
from postroom.config.lookup import Lookup
from postroom.config.names import suggestion
from postroom.config.parameters import declaration
from postroom.config.problem import Problem

_KNOWN = (
    restriction_names.PLAIN
    | restriction_names.WITH_TABLE
    | restriction_names.WITH_DNS_LIST
    | restriction_names.NOT_YET
)


def unknown_restrictions(lookup: Lookup) -> Iterator[Problem]:
    """What the server could not apply; it would tell every client to try later."""
    for one in written(lookup):
        parameter = declaration(one.name)
        if parameter and parameter.acts and isinstance(parameter.kind, Restrictions):
            yield from _list(one, words_of(lookup, one))


def _list(one: Written, words: tuple[str, ...]) -> Iterator[Problem]:
    rest = iter(words)
    for word in rest:
        name = word.lower()
        if name in restriction_names.WITH_TABLE:
            table = next(rest, "")
            if not table_types.split(table):
                yield one.error(f'{word} wants a table, not "{table}"')
        elif name in restriction_names.WITH_DNS_LIST:
            if next(rest, None) is None:
                yield one.error(f"{word} wants the domain of a DNS list")
        elif name in restriction_names.NOT_YET:
            yield one.error(f"{word} cannot be applied yet")
            if name in restriction_names.WITH_ARGUMENT_NOT_YET:
                next(rest, None)
        elif name in restriction_names.FINAL and (behind := next(rest, None)):
            yield one.warning(f'nothing behind "{word}" is reached: {behind}')
            return
        elif not _is_known(name, word):
            meant = suggestion(name, _KNOWN)
            hint = f" (did you mean {meant}?)" if meant else ""
            yield one.error(f'unknown restriction "{word}"{hint}')


def _is_known(name: str, word: str) -> bool:
    return (
        name in restriction_names.PLAIN
        or name == restriction_names.ONLY_WARN
        or table_types.split(word) is not None
    )
