"""Policy servers as restriction lists name them (check_policy_service, SMTPD_POLICY_README)."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from postroom.config.braces import split_words, unbraced
from postroom.config.endpoint import BadEndpoint, Endpoint, endpoint
from postroom.config.kinds import Number, Time

RESTRICTION = "check_policy_service"


class BadPolicyService(ValueError):
    """No policy server; the message says why, for the reader of main.cf."""


class PolicyService(NamedTuple):
    """Where a server listens. ``options`` stand in braces behind that, and take the place of
    parameters ``smtpd_policy_service_…``."""

    at: Endpoint
    options: Mapping[str, float | int | str] = {}


def parse_policy_service(word: str, directory: str) -> PolicyService:
    """What stands behind check_policy_service; raises BadPolicyService."""
    name, *options = split_words(unbraced(word)) if word.startswith("{") else [word]
    try:
        found = endpoint(name, directory)
        return PolicyService(found, dict(map(_option, options)))
    except BadEndpoint as error:
        raise BadPolicyService(str(error)) from None


def policy_services_in(words: tuple[str, ...]) -> Iterator[str]:
    """The servers that a list of restrictions names."""
    rest = iter(words)
    for word in rest:
        if word.lower() == RESTRICTION and (server := next(rest, "")):
            yield server


def _option(text: str) -> tuple[str, float | int | str]:
    inner = unbraced(text) if text.startswith("{") else text
    name, equals, value = (part.strip() for part in inner.partition("="))
    read = _OPTIONS.get(name)
    if read is None or not equals:
        raise BadPolicyService(f'"{text}" is no option; there are {", ".join(_OPTIONS)}')
    try:
        return name, read(value)
    except ValueError as error:
        raise BadPolicyService(f"{name}: {error}") from None


_OPTIONS: Mapping[str, Callable[[str], float | int | str]] = {
    "default_action": str,
    "max_idle": Time("s").value,
    "max_ttl": Time("s").value,
    "policy_context": str,
    "request_limit": Number().value,
    "retry_delay": Time("s").value,
    "timeout": Time("s", 1).value,
    "try_limit": Number(1).value,
}
