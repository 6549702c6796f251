"""Restriction lists: misspelt names, restrictions that are not there yet, dead ends."""

from collections.abc import Iterator

from postroom.config import policy_services, restriction_names, table_types
from postroom.config.endpoint import BadServer
from postroom.config.judgement.written import Written, words_of, written, written_classes
from postroom.config.kinds import Restrictions
from postroom.config.lookup import Lookup
from postroom.config.names import hint
from postroom.config.parameters import declaration
from postroom.config.problem import Problem
from postroom.config.restriction_classes import restriction_classes

_KNOWN = (
    restriction_names.PLAIN
    | restriction_names.WITH_TABLE
    | restriction_names.WITH_DNS_LIST
    | restriction_names.WITH_NUMBER
    | restriction_names.NOT_YET
    | {policy_services.RESTRICTION}
)


def unknown_restrictions(lookup: Lookup) -> Iterator[Problem]:
    """What the server could not apply; it would tell every client to try later."""
    for one in written(lookup):
        parameter = declaration(one.name)
        if parameter and parameter.acts and isinstance(parameter.kind, Restrictions):
            judge = _clients if one.name == "local_header_rewrite_clients" else _list
            yield from judge(lookup, one, words_of(lookup, one))
    for one, words in written_classes(lookup):
        yield from _list(lookup, one, words)


def _classes(lookup: Lookup, one: Written) -> frozenset[str]:
    return frozenset(restriction_classes(lookup, one.overrides))


def _list(lookup: Lookup, one: Written, words: tuple[str, ...]) -> Iterator[Problem]:
    classes = _classes(lookup, one)
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
        elif name in restriction_names.WITH_NUMBER:
            if not next(rest, "").isdigit():
                yield one.error(f"{word} wants a number")
        elif name == policy_services.RESTRICTION:
            yield from _policy_service(lookup, one, next(rest, ""))
        elif name in restriction_names.NOT_YET:
            yield one.error(f"{word} cannot be applied yet")
            if name in restriction_names.WITH_ARGUMENT_NOT_YET:
                next(rest, None)
        elif name in restriction_names.FINAL and (behind := next(rest, None)):
            yield one.warning(f'nothing behind "{word}" is reached: {behind}')
            return
        elif word not in classes and not _is_known(name, word):
            yield one.error(f'unknown restriction "{word}"{hint(name, _KNOWN | classes)}')


def _clients(_: Lookup, one: Written, words: tuple[str, ...]) -> Iterator[Problem]:
    """What smtpd passes over there."""
    known = restriction_names.REWRITE_CLIENTS | {restriction_names.ADDRESS_MAP}
    for word in words:
        if word.lower() not in known and not table_types.split(word):
            yield one.error(f'"{word}" names no clients{hint(word.lower(), known)}')


def _policy_service(lookup: Lookup, one: Written, server: str) -> Iterator[Problem]:
    known_ports = lookup.elements("known_tcp_ports", one.overrides)
    try:
        policy_services.parse_policy_service(server, "", known_ports)
    except BadServer as error:
        yield one.error(f"{policy_services.RESTRICTION}: {error}")


def _is_known(name: str, word: str) -> bool:
    return (
        name in restriction_names.PLAIN
        or name == restriction_names.ONLY_WARN
        or table_types.split(word) is not None
    )
