"""What policy-client needs: the servers that smtpd services name, and the way to them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from postroom.config.endpoint import BadServer, Endpoint
from postroom.config.policy_services import parse_policy_service, policy_services_in
from postroom.lookup.policy_client.settings import Server
from postroom_generator.service import Service
from postroom_generator.settings import lists_of
from postroom_generator.table_servers import allowed

# The parameters that hold for servers which have no such option of their own.
_OPTIONS = {
    "default_action": "smtpd_policy_service_default_action",
    "max_idle": "smtpd_policy_service_max_idle",
    "max_ttl": "smtpd_policy_service_max_ttl",
    "policy_context": "smtpd_policy_service_policy_context",
    "request_limit": "smtpd_policy_service_request_limit",
    "retry_delay": "smtpd_policy_service_retry_delay",
    "timeout": "smtpd_policy_service_timeout",
    "try_limit": "smtpd_policy_service_try_limit",
}
# Where Postfix's master has the sockets of services.
_OF_MASTER = ("private", "public")


def names_policy_servers(service: Service) -> bool:
    """Whether its restrictions ask any server."""
    return service.line.program == "smtpd" and any(_words(service))


def policy_servers(services: Sequence[Service]) -> dict[str, Server]:
    """By how main.cf names them; raises ConfigError for what is no server."""
    return {word: _server(one, word, services) for one in services for word in _words(one)}


def power(known: Mapping[str, object]) -> Mapping[str, object]:
    """Values for policy-client's template: hosts it may reach."""
    servers = known["policy_servers"]
    assert isinstance(servers, dict)
    hosts = {server.host for server in servers.values() if server.host}
    return {"policy_hosts": tuple(sorted({address for host in hosts for address in allowed(host)}))}


def _words(service: Service) -> Iterator[str]:
    if service.line.program == "smtpd":
        yield from policy_services_in(tuple(lists_of(service)))


def _server(service: Service, word: str, services: Sequence[Service]) -> Server:
    try:
        known_ports = service.elements("known_tcp_ports")
        found = parse_policy_service(word, service.text("queue_directory"), known_ports)
    except BadServer as error:
        raise service.error(f"check_policy_service: {error}") from None
    general = {name: service.value(parameter) for name, parameter in _OPTIONS.items()}
    place = {
        "path": _path(service, found.at, services),
        "host": found.at.host,
        "port": found.at.port,
    }
    return msgspec.convert({**general, **found.options, **place}, Server)


def _path(service: Service, at: Endpoint, services: Sequence[Service]) -> str:
    """unix:private/NAME is a socket of ours where master.cf has a spawn of that name."""
    directory, name = PurePosixPath(at.path).parent.name, PurePosixPath(at.path).name
    spawned = {one.line.name for one in services if one.line.program == "spawn"}
    if directory in _OF_MASTER and name in spawned:
        return service.socket_path(name)
    return at.path
