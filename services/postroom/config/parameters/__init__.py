"""All parameters of main.cf by family: one line each with kind, default, status and text.

The names are those of Postfix 3.12; so are the defaults, except where Postroom's place in the
system or its design differs (directories, users, and two connections to a destination at first
that become one more at a time: ``initial_destination_concurrency`` and its feedback). An empty
default of ``myhostname``, ``mydomain`` and ``mynetworks`` stands for a fact about the host.
"""

from postroom.config.parameter import Parameter
from postroom.config.parameters import (
    clients,
    clients_sasl,
    clients_tls,
    content,
    identity,
    lmtp,
    logs,
    mailbox,
    milter,
    multi_instance,
    notices,
    places,
    postscreen,
    processes,
    queue,
    rewriting,
    sasl,
    smtp,
    smtpd,
    smtpd_access,
    smtpd_tls,
    tls,
    tlsproxy,
    transports,
    verify,
)

FAMILIES = (
    clients,
    clients_sasl,
    clients_tls,
    content,
    identity,
    lmtp,
    logs,
    mailbox,
    milter,
    multi_instance,
    notices,
    places,
    postscreen,
    processes,
    queue,
    rewriting,
    sasl,
    smtp,
    smtpd,
    smtpd_access,
    smtpd_tls,
    tls,
    tlsproxy,
    transports,
    verify,
)

PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter for family in FAMILIES for parameter in family.PARAMETERS
}

ANY_TRANSPORT = "transport"
"""``transport_destination_…`` declares what every ``<transport>_destination_…`` is."""

TRANSPORT_SUFFIXES: dict[str, Parameter] = {
    parameter.name.removeprefix(ANY_TRANSPORT): parameter
    for parameter in transports.OF_ANY_TRANSPORT
}

_SUFFIXES = tuple(TRANSPORT_SUFFIXES)


def declaration(name: str) -> Parameter | None:
    """What is declared for a name, or for ``<transport>_…`` names in general."""
    if known := PARAMETERS.get(name):
        return known
    transport = transport_of(name)
    if transport is None:
        return None
    return TRANSPORT_SUFFIXES[name.removeprefix(transport)]._replace(name=name)


def is_per_transport(parameter: Parameter) -> bool:
    """Whether it exists for any transport of that name, and is declared to be explained."""
    transport = transport_of(parameter.name)
    if transport is None:
        return False
    general = TRANSPORT_SUFFIXES[parameter.name.removeprefix(transport)]
    return parameter.default == general.default


def transport_of(name: str) -> str | None:
    """The transport in the name of a ``<transport>_…`` parameter."""
    if not name.endswith(_SUFFIXES):
        return None
    for suffix in TRANSPORT_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return None
