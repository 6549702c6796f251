"""ldap:/file tables, through python-ldap and so OpenLDAP's library (ldap_table(5))."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import ldap
import ldap.dn
import ldap.filter
import ldap.sasl
import ldapurl

from postroom.tables.servers.hosts import Driver, Host, Hosts
from postroom.tables.servers.query_table import QueryTable
from postroom.tables.servers.table_file import TableFile
from postroom.tables.servers.template import Template
from postroom.tables.table import TableError

_SCOPES = {"base": ldap.SCOPE_BASE, "one": ldap.SCOPE_ONELEVEL, "sub": ldap.SCOPE_SUBTREE}
_TLS_FILES = {
    "tls_ca_cert_file": ldap.OPT_X_TLS_CACERTFILE,
    "tls_ca_cert_dir": ldap.OPT_X_TLS_CACERTDIR,
    "tls_cert": ldap.OPT_X_TLS_CERTFILE,
    "tls_key": ldap.OPT_X_TLS_KEYFILE,
    "tls_cipher_suite": ldap.OPT_X_TLS_CIPHER_SUITE,
}
# The library tries the servers of its list itself, so there is one host, never left alone.
_ALL = "all"
Entry = tuple[str | None, dict[str, list[bytes]]]


class LdapTable(QueryTable):
    def backend(self, file: TableFile) -> "_Ldap":
        return _Ldap(self.name, file)


class _Attributes:
    """What is wanted of an entry, by what it means."""

    def __init__(self, file: TableFile) -> None:
        self.plain = _lower(file.words("result_attribute", "maildrop"))
        self.special = _lower(file.words("special_result_attribute"))
        self.terminal = _lower(file.words("terminal_result_attribute"))
        self.leaf = _lower(file.words("leaf_result_attribute"))
        self.all = [*self.plain, *self.special, *self.terminal, *self.leaf]


class _Ldap:
    def __init__(self, name: str, file: TableFile) -> None:
        self._name = name
        self._file = file
        self._attributes = _Attributes(file)
        self._base = Template(file.text("search_base"), file.path)
        self._filter = Template(file.text("query_filter", "mailacceptinggeneralid=%s"), file.path)
        self._scope = _scope(file)
        self._timeout = file.number("timeout", 10)
        self._size_limit = file.number("size_limit", file.number("expansion_limit", 0))
        self._depth = file.number("recursion_limit", 1000)
        self._uris = _uris(file)
        driver = Driver(self._connect, _close, (ldap.LDAPError, OSError))
        self._hosts: Hosts[Any] = Hosts(name, [_ALL], driver, retry=0.0, idle=60.0)

    def values(self, key: str) -> list[str]:
        base = self._base.query(key, ldap.dn.escape_dn_chars)
        query = self._filter.query(key, ldap.filter.escape_filter_chars)
        if query is None or (base is None and self._file.text("search_base")):
            return []

        def work(server: Any) -> list[str]:
            found = self._search(server, base or "", self._scope, query, self._attributes.all)
            return list(self._values(server, found, 0))

        return self._hosts.run(work)

    def _search(
        self, server: Any, base: str, scope: int, query: str, attributes: list[str]
    ) -> list[Entry]:
        try:
            found: list[Entry] = server.search_ext_s(
                base, scope, query, attributes, timeout=self._timeout, sizelimit=self._size_limit
            )
        except ldap.NO_SUCH_OBJECT:
            return []
        return [entry for entry in found if entry[0] is not None]  # others are referrals

    def _values(self, server: Any, entries: list[Entry], depth: int) -> Iterator[str]:
        if depth > self._depth:
            raise TableError(f"{self._name}: recursion limit exceeded")
        for _, raw in entries:
            entry = {name.lower(): values for name, values in raw.items()}
            terminal = list(_texts(entry, self._attributes.terminal))
            if terminal:
                yield from terminal
                continue
            yield from _texts(entry, self._attributes.plain)
            further = list(_texts(entry, self._attributes.special))
            for reference in further:
                yield from self._values(server, self._referred(server, reference), depth + 1)
            if not further:
                yield from _texts(entry, self._attributes.leaf)

    def _referred(self, server: Any, reference: str) -> list[Entry]:
        """The entries that a DN or an LDAP URL (RFC 4516) in an entry stands for."""
        wanted = self._attributes.all
        if not ldapurl.isLDAPUrl(reference):
            return self._search(server, reference, ldap.SCOPE_BASE, "(objectclass=*)", wanted)
        url = ldapurl.LDAPUrl(reference)
        named = _lower(tuple(url.attrs or ()))
        attributes = [name for name in wanted if not named or name in named]
        scope = ldap.SCOPE_BASE if url.scope is None else url.scope
        return self._search(server, url.dn, scope, url.filterstr or "(objectclass=*)", attributes)

    def _connect(self, _: Host) -> Any:
        server = ldap.initialize(self._uris)
        file = self._file
        server.protocol_version = file.number("version", ldap.VERSION3)
        server.set_option(ldap.OPT_NETWORK_TIMEOUT, self._timeout)
        server.set_option(ldap.OPT_REFERRALS, file.yes("chase_referrals", default=False))
        server.set_option(ldap.OPT_DEREF, file.number("dereference", 0))
        self._set_tls(server)
        if file.yes("start_tls", default=False):
            server.start_tls_s()
        self._bind(server)
        return server

    def _set_tls(self, server: Any) -> None:
        given = {option: self._file.text(name) for name, option in _TLS_FILES.items()}
        for option, value in given.items():
            if value:
                server.set_option(option, value)
        strict = self._file.yes("tls_require_cert", default=False)
        required = ldap.OPT_X_TLS_DEMAND if strict else ldap.OPT_X_TLS_NEVER
        server.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, required)
        server.set_option(ldap.OPT_X_TLS_NEWCTX, 0)

    def _bind(self, server: Any) -> None:
        how = self._file.text("bind", "yes").lower()
        name, password = self._file.text("bind_dn"), self._file.text("bind_pw")
        if how == "sasl":
            answers = {ldap.sasl.CB_AUTHNAME: name, ldap.sasl.CB_PASS: password}
            mechanism = self._file.text("sasl_mechs").split(maxsplit=1)[0:1] or ["EXTERNAL"]
            server.sasl_interactive_bind_s("", ldap.sasl.sasl(answers, mechanism[0]))
        elif how in ("yes", "simple"):
            server.simple_bind_s(name, password)


def _scope(file: TableFile) -> int:
    name = file.text("scope", "sub").lower()
    if name not in _SCOPES:
        raise TableError(f"{file.path}: scope: {' '.join(_SCOPES)} expected, not {name!r}")
    return int(_SCOPES[name])


def _uris(file: TableFile) -> str:
    port = file.number("server_port", 389)
    return " ".join(_uri(host, port) for host in file.words("server_host", "localhost"))


def _uri(host: str, port: int) -> str:
    if "://" in host:
        return host
    return f"ldap://{host}" if ":" in host else f"ldap://{host}:{port}"


def _lower(names: tuple[str, ...]) -> list[str]:
    return [name.lower() for name in names]


def _texts(entry: dict[str, list[bytes]], names: list[str]) -> Iterator[str]:
    for name in names:
        for value in entry.get(name, ()):
            yield value.decode("utf-8", "replace")


def _close(server: Any) -> None:
    with suppress(ldap.LDAPError):  # it may be gone already
        server.unbind_s()
