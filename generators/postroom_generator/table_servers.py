"""What proxymap needs for the tables of servers: their files as credentials, and the way there.

A file that is not there asks for nothing; the mail that wants its table waits.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from postroom.config import table_types
from postroom.config.table_files import BadTableFile, parameters_of, place_of
from postroom_generator.secret_files import secret_files

# The parameters that name servers, by type of table.
_SERVERS = {
    "ldap": ("server_host", "localhost"),
    "memcache": ("memcache", "localhost"),
    "mysql": ("hosts", "localhost"),
    "pgsql": ("hosts", "localhost"),
}
_LOOPBACK = ("127.0.0.0/8", "::1")
_HOST = re.compile(r"\[([0-9a-fA-F:.]+)\]|([^:/\[\]]+)")
_LOCAL = ("unix:", "ldapi:")


def power(words: Iterable[str], directory: str) -> Mapping[str, object]:
    """Values for proxymap's template from the words that name its tables.

    ``directory`` is main.cf's, which may have the parameters of some.
    """
    tables = list(dict.fromkeys(one for word in words for one in table_types.with_members(word)))
    queries = [name for kind, name in tables if kind in table_types.QUERIES]
    files = {name: _parameters(name, directory) for name in queries}
    backups = [file["backup"] for file in files.values() if "backup" in file]
    if new := [one for one in backups if table_types.split(one) not in [*tables, None]]:
        return power([*(f"{kind}:{name}" for kind, name in tables), *new], directory)
    hosts = {host for kind, name in tables for host in _hosts(kind, name, files.get(name, {}))}
    return {
        "secret_files": secret_files(place_of(name, directory) for name in files),
        "table_servers": tuple(sorted({address for host in hosts for address in allowed(host)})),
    }


def _hosts(kind: str, name: str, file: Mapping[str, str]) -> Iterator[str]:
    """Hosts that are asked over the network."""
    if kind == "tcp":
        yield _host(name)
    elif kind == "socketmap" and name.startswith("inet:"):
        yield _host(name.removeprefix("inet:"))
    elif kind in _SERVERS and file:
        parameter, default = _SERVERS[kind]
        for word in file.get(parameter, default).replace(",", " ").split():
            if not word.startswith(_LOCAL):
                yield _host(word.removeprefix("inet:"))


def _host(text: str) -> str:
    """The host in ``host``, ``host:port``, ``[v6]:port`` or a URI."""
    authority = text.partition("://")[2].partition("/")[0].rpartition("@")[2] or text
    match = _HOST.match(authority)
    return (match[1] or match[2]) if match else authority


def allowed(host: str) -> tuple[str, ...]:
    """For IPAddressAllow=: an address as it is; names may be anywhere, and need a resolver."""
    if host == "localhost":
        return _LOOPBACK
    with suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    return ("any",)


def _parameters(name: str, directory: str) -> dict[str, str]:
    with suppress(OSError, UnicodeDecodeError, BadTableFile):
        return parameters_of(name, Path(place_of(name, directory)).read_text("utf-8"))
    return {}
