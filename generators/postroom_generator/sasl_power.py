"""What smtpd needs to ask Dovecot who a client is: the one socket, or the one address.

The socket need not be there yet: Dovecot may start later, and anew.
"""

from collections.abc import Mapping
from pathlib import Path

from postroom.config import accounts
from postroom.config.accounts import entries
from postroom.config.endpoint import BadServer, Endpoint
from postroom.config.sasl_socket import sasl_socket
from postroom_generator.listening import UnknownAddress, host_address
from postroom_generator.service import Service

# The group of the socket, by Postroom's own and by every guide's configuration of Dovecot.
_GROUPS = ("postroom-sasl", "postfix")
_SEARCHED_BY_ALL = 0o001


def sasl_power(service: Service) -> Mapping[str, object]:
    """Values for smtpd's template."""
    nothing = {"sasl_mount": "", "sasl_groups": (), "sasl_host": ""}
    if not service.yes("smtpd_sasl_auth_enable"):
        return nothing
    where = _address(service)
    if where.path:
        return {**nothing, "sasl_mount": _mount(Path(where.path)), "sasl_groups": _groups()}
    return {**nothing, "sasl_host": where.host}


def sasl_path(service: Service) -> Mapping[str, object]:
    """smtpd_sasl_path as it is seen from inside."""
    if not service.yes("smtpd_sasl_auth_enable"):
        return {}
    where = _address(service)
    return {"smtpd_sasl_path": where.path or f"inet:{where.host}:{where.port}"}


def _address(service: Service) -> Endpoint:
    """With an IP address: there are no names inside the sandbox."""
    try:
        path, queue = service.text("smtpd_sasl_path"), service.text("queue_directory")
        where = sasl_socket(path, queue, service.elements("known_tcp_ports"))
        return where if where.path else where._replace(host=host_address(where.host))
    except (BadServer, UnknownAddress) as error:
        raise service.error(f"smtpd_sasl_path: {error}") from None


def _groups() -> tuple[str, ...]:
    """systemd does not start a service with a group that does not exist."""
    known = entries(accounts.GROUPS)
    return tuple(group for group in _GROUPS if group in known)


def _mount(socket: Path) -> str:
    """Its directory, so that a new socket is found in it, if others than its owner may look."""
    try:
        closed = not socket.parent.stat().st_mode & _SEARCHED_BY_ALL
    except OSError:
        closed = False
    return str(socket if closed else socket.parent)
