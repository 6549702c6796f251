"""What ``postroom check`` finds wrong with main.cf and master.cf: one module per kind of fault."""

from collections.abc import Callable, Iterator

from postroom.config.judgement import (
    address_classes,
    authentication,
    bounce_texts,
    content,
    effects,
    encryption,
    instances,
    networks,
    outgoing,
    own_places,
    permissions,
    privileges,
    relaying,
    reporters,
    restrictions,
    sizes,
    spelling,
    tables,
    transports,
    values,
    verification,
    verp,
)
from postroom.config.lookup import Lookup
from postroom.config.problem import ConfigError, Problem, Severity

_RULES: tuple[Callable[[Lookup], Iterator[Problem]], ...] = (
    values.bad_values,
    spelling.doubtful_names,
    tables.bad_tables,
    restrictions.unknown_restrictions,
    verification.missing_verifier,
    networks.bad_networks,
    relaying.open_relays,
    authentication.unreachable_servers,
    encryption.without_certificate,
    encryption.names_without_files,
    outgoing.passwords_in_clear,
    outgoing.dane_without_dnssec,
    transports.missing_transports,
    reporters.missing_reporters,
    address_classes.contradictions,
    sizes.mailboxes_below_messages,
    effects.without_effect,
    own_places.unusable_places,
    own_places.left_to_postfix,
    instances.confused,
    permissions.writable_by_others,
    privileges.powerful_commands,
    privileges.unfit_owner,
    bounce_texts.faults,
    verp.bad_delimiters,
    content.conversion_without_mime,
)

_ORDER = tuple(Severity)


def problems(lookup: Lookup) -> tuple[Problem, ...]:
    """All findings, each once, errors first."""
    found = [*lookup.main.problems, *lookup.master.problems]
    for rule in _RULES:
        found += _findings(rule, lookup)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.severity)))


def _findings(rule: Callable[[Lookup], Iterator[Problem]], lookup: Lookup) -> Iterator[Problem]:
    """A rule's findings; a value it cannot even read is one as well."""
    try:
        yield from rule(lookup)
    except ConfigError as error:
        yield Problem(Severity.ERROR, error.path, error.line, error.text)
