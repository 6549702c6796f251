"""What milter needs: the filters of each service that has some, and the way to them."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from postroom.config.accounts import groups_of
from postroom.config.braces import unbraced
from postroom.config.endpoint import BadServer
from postroom.config.mail_filters import parse_filter, parse_protocol
from postroom.config.server import Server
from postroom.milter.settings import Filter, FilterSet, filter_of
from postroom_generator.filter_tables import named_in
from postroom_generator.service import Service
from postroom_generator.table_servers import allowed

# The parameter that names the filters of a program's mail.
_PARAMETERS = {"smtpd": "smtpd_milters", "cleanup": "non_smtpd_milters"}
# The parameters that hold for filters which have no such option of their own.
_OPTIONS = {
    "command_timeout": "milter_command_timeout",
    "connect_timeout": "milter_connect_timeout",
    "content_timeout": "milter_content_timeout",
    "default_action": "milter_default_action",
}
_MACROS = {
    "connect": "milter_connect_macros",
    "helo": "milter_helo_macros",
    "mail": "milter_mail_macros",
    "rcpt": "milter_rcpt_macros",
    "data": "milter_data_macros",
    "end_of_header": "milter_end_of_header_macros",
    "end_of_data": "milter_end_of_data_macros",
    "unknown_command": "milter_unknown_command_macros",
}


def filter_sets(services: Sequence[Service]) -> dict[str, FilterSet]:
    """By program and service; raises ConfigError for what is no filter."""
    return {
        f"{service.line.program}/{service.line.name}": _set(service)
        for service in services
        if has_filters(service)
    }


def checks_headers(services: Sequence[Service]) -> bool:
    """Whether tables are asked about what filters write."""
    cleanups = (service for service in services if service.line.program == "cleanup")
    return any(service.words("milter_header_checks") for service in cleanups)


def power(known: Mapping[str, object]) -> Mapping[str, object]:
    """Values for milter's template: hosts it may reach, and groups that sockets are open to."""
    sets = known["filter_sets"]
    assert isinstance(sets, dict)
    named = known["filter_tables"]
    assert isinstance(named, tuple)
    found = [one for each in sets.values() for one in each.filters]
    found += [filter_of(one, each.general) for each in sets.values() for one in named]
    hosts = {one.host for one in found if one.host}
    return {
        "asks_tables": known["checks_headers"],
        "filter_hosts": tuple(sorted({address for host in hosts for address in allowed(host)})),
        "filter_groups": groups_of("postroom") if any(one.path for one in found) else (),
    }


def has_filters(service: Service) -> bool:
    """Whether its mail is shown to any filter."""
    return bool(_words(service) or _tables(service))


def _filters(service: Service) -> Iterator[Server]:
    directory, known_ports = _surroundings(service)
    for word in _words(service):
        try:
            yield parse_filter(word, directory, known_ports)
        except BadServer as error:
            raise service.error(f"{_PARAMETERS[service.line.program]}: {error}") from None


def _words(service: Service) -> tuple[str, ...]:
    parameter = _PARAMETERS.get(service.line.program)
    if parameter is None or "no_milters" in service.words("receive_override_options"):
        return ()
    return service.elements(parameter)


def _tables(service: Service) -> tuple[str, ...]:
    """Those that name filters of its clients (smtpd_milter_maps)."""
    if service.line.program != "smtpd" or "no_milters" in service.words("receive_override_options"):
        return ()
    return service.elements("smtpd_milter_maps")


def filter_tables(services: Sequence[Service]) -> tuple[Server, ...]:
    """The filters that tables name."""
    return tuple(
        one
        for service in services
        for table in _tables(service)
        for one in named_in(table, *_surroundings(service))
    )


def _surroundings(service: Service) -> tuple[str, tuple[str, ...]]:
    """Where relative paths of filters begin, and the names of ports."""
    return service.text("queue_directory"), service.elements("known_tcp_ports")


def _set(service: Service) -> FilterSet:
    general = _general(service)
    directory, known_ports = _surroundings(service)
    return FilterSet(
        filters=tuple(filter_of(one, general) for one in _filters(service)),
        general=general,
        directory=directory,
        known_ports=known_ports,
        macros={stage: service.words(parameter) for stage, parameter in _MACROS.items()},
        defaults=dict(_defaults(service)),
    )


def _general(service: Service) -> Filter:
    """The options of filters that have none of their own."""
    values = {name: service.value(parameter) for name, parameter in _OPTIONS.items()}
    protocol = parse_protocol(service.text("milter_protocol"))
    return msgspec.convert({"name": "", "protocol": protocol, **values}, Filter)


def _defaults(service: Service) -> Iterator[tuple[str, str]]:
    """Macros that are the same in every session."""
    yield "j", service.text("myhostname")
    yield "v", service.text("milter_macro_v")
    yield "daemon_name", service.text("milter_macro_daemon_name")
    for word in service.elements("milter_macro_defaults"):
        name, _, value = (unbraced(word) if word.startswith("{") else word).partition("=")
        yield name.strip(" {}"), value.strip()
