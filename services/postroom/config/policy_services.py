"""Policy servers as restriction lists name them (check_policy_service, SMTPD_POLICY_README)."""

from collections.abc import Collection, Iterator

from postroom.config.kinds import Number, Time
from postroom.config.server import Options, Server, parse_server

RESTRICTION = "check_policy_service"


def parse_policy_service(word: str, directory: str, known_ports: Collection[str]) -> Server:
    """What stands behind check_policy_service, whose options are parameters
    ``smtpd_policy_service_…``; raises BadServer."""
    return parse_server(word, directory, known_ports, _OPTIONS)


def policy_services_in(words: tuple[str, ...]) -> Iterator[str]:
    """The servers that a list of restrictions names."""
    rest = iter(words)
    for word in rest:
        if word.lower() == RESTRICTION and (server := next(rest, "")):
            yield server


_OPTIONS: Options = {
    "default_action": str,
    "max_idle": Time("s").value,
    "max_ttl": Time("s").value,
    "policy_context": str,
    "request_limit": Number().value,
    "retry_delay": Time("s").value,
    "timeout": Time("s", 1).value,
    "try_limit": Number(1).value,
}
