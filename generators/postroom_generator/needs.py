"""What only some configurations need: the values by which a template gives power back."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from postroom.config import accounts
from postroom.config.accounts import entries
from postroom.config.pipe_command import BadCommand, PipeCommand, parse_pipe_command
from postroom.config.spawn_command import SpawnCommand, parse_spawn_command
from postroom_generator import mail_filters, policy_servers, table_servers
from postroom_generator.client_files import client_files
from postroom_generator.credential import escape
from postroom_generator.facts import Facts, tables_in
from postroom_generator.resolvers import resolvers
from postroom_generator.sasl_power import sasl_power
from postroom_generator.service import Service
from postroom_generator.settings import changes_under_stress
from postroom_generator.sockets import protocols
from postroom_generator.submission import submission
from postroom_generator.tls_power import tls_power

# A directory that can stand in a unit file without quoting.
_PLAIN_DIRECTORY = re.compile(r"/[A-Za-z0-9_.,+@/-]*", re.ASCII)
# A table that gives everybody the same owner.
_STATIC_ID = re.compile(r"static:(\d+)", re.ASCII)
# Parameters whose value can be ``lmtp:unix:/run/dovecot/lmtp``.
_TRANSPORTS = (
    "address_verify_default_transport",
    "address_verify_local_transport",
    "address_verify_relay_transport",
    "address_verify_virtual_transport",
    "default_transport",
    "fallback_transport",
    "local_transport",
    "mailbox_transport",
    "relay_transport",
    "virtual_transport",
)
_LMTP_SOCKET = re.compile(rf"lmtp:unix:({_PLAIN_DIRECTORY.pattern})/[^/\s]+", re.ASCII)
_FAMILIES = {"ipv4": "AF_INET", "ipv6": "AF_INET6"}
_Command = TypeVar("_Command", PipeCommand, SpawnCommand)
# Where mailboxes are found when virtual_mailbox_maps names them from the root.
_ANY_MAILBOX = ("/var/mail", "-/var/vmail", "-/home", "-/srv")


def needs(service: Service, known: Facts) -> Mapping[str, object]:
    """Values for the service's template besides those that every template gets."""
    if service.line.program == "proxymap":
        words = (*service.words("proxy_read_maps"), *tables_in(known))
        return table_servers.power(words, str(service.configuration.directory))
    if service.line.program == "milter":
        return mail_filters.power(known)
    if service.line.program == "policy-client":
        return policy_servers.power(known)
    if service.line.program == "smtpd":
        stressed = escape(changes_under_stress(service, known))
        return {**tls_power(service), **sasl_power(service), "stressed": stressed}
    need = _NEEDS.get(service.line.program)
    return need(service) if need else {}


def _client(service: Service) -> Mapping[str, object]:
    return {
        "families": tuple(_FAMILIES[one] for one in protocols(service) if one in _FAMILIES),
        **client_files(service),
    }


def _lmtp(service: Service) -> Mapping[str, object]:
    """As a client, and the directories of the sockets that main.cf tells it to connect to."""
    sockets = (_LMTP_SOCKET.fullmatch(service.text(name)) for name in _TRANSPORTS)
    directories = dict.fromkeys(match[1] for match in sockets if match)
    return {**_client(service), "socket_directories": tuple(directories)}


def _local(service: Service) -> Mapping[str, object]:
    return {"file_limit": service.value("mailbox_size_limit")}


def _virtual(service: Service) -> Mapping[str, object]:
    base = service.text("virtual_mailbox_base")
    if base and not _PLAIN_DIRECTORY.fullmatch(base):
        raise service.error(f"virtual_mailbox_base: {base!r} is not the plain name of a directory")
    owner = _only_id(service.text("virtual_uid_maps"), accounts.USERS)
    group = _only_id(service.text("virtual_gid_maps"), accounts.GROUPS)
    single = owner and group
    return {
        "mailbox_base": " ".join((f"-{base}",) if base else _ANY_MAILBOX),
        "mailbox_owner": owner if single else "",
        "mailbox_group": group if single else "",
        "file_limit": service.value("virtual_mailbox_limit"),
    }


def _pipe(service: Service) -> Mapping[str, object]:
    command = _command(service, parse_pipe_command)
    whom = _command_user(command)
    root = bool(command.chroot and whom["command_user"])
    return {**whom, "command_root": root, "command_hosts": ()}


def _spawn(service: Service) -> Mapping[str, object]:
    whom = _command_user(_command(service, parse_spawn_command))
    return {**whom, "command_root": False, "command_hosts": resolvers()}


def _command(service: Service, parse: Callable[[Iterable[str]], _Command]) -> _Command:
    try:
        return parse(service.line.arguments)
    except BadCommand as error:
        raise service.error(str(error)) from None


def _command_user(command: PipeCommand | SpawnCommand) -> Mapping[str, object]:
    """Whom the command runs as; nobody in particular where there is no such user or group."""
    users, groups = entries(accounts.USERS), entries(accounts.GROUPS)
    user = users.get(command.user)
    known = user is not None and (not command.group or command.group in groups)
    gid = groups[command.group][2] if known and command.group else user[3] if user else ""
    return {"command_user": command.user if known else "", "command_group": gid if known else ""}


def _only_id(maps: str, known: Path) -> str:
    """The one number that ``maps`` has for everybody, if systemd could run a service as it."""
    static = _STATIC_ID.fullmatch(maps)
    if static is None:
        return ""
    ids = {entry[2] for entry in entries(known).values()}
    return static[1] if static[1] in ids else ""


_NEEDS: Mapping[str, Callable[[Service], Mapping[str, object]]] = {
    "smtp": _client,
    "lmtp": _lmtp,
    "local": _local,
    "pickup": submission,
    "pipe": _pipe,
    "postdrop": submission,
    "spawn": _spawn,
    "virtual": _virtual,
}
