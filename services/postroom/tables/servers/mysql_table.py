"""mysql:/file tables, through PyMySQL (mysql_table(5))."""

from collections.abc import Iterator
from typing import Any

import pymysql

from postroom.tables.servers.hosts import Driver, Host
from postroom.tables.servers.query_table import QueryTable
from postroom.tables.servers.sql import TIMEOUT, hosts_of, query_of
from postroom.tables.servers.table_file import TableFile
from postroom.tables.table import TableError

# Where Debian's and Fedora's servers listen; "localhost" means this, for MySQL's own clients too.
LOCAL_SOCKET = "/run/mysqld/mysqld.sock"
_TLS = {
    "tls_CAfile": "ca",
    "tls_CApath": "capath",
    "tls_cert_file": "cert",
    "tls_key_file": "key",
    "tls_ciphers": "cipher",
}
# Without any converter values arrive as the server writes them.
_NO_CONVERSION = {0: str}


class MysqlTable(QueryTable):
    def backend(self, file: TableFile) -> "_Mysql":
        return _Mysql(self.name, file)


class _Mysql:
    def __init__(self, name: str, file: TableFile) -> None:
        self._name = name
        self._options = _options(file)
        self._query = query_of(file)
        self._want_rows = file.yes("require_result_set", default=True)
        failures = (pymysql.Error, OSError, ValueError)
        self._hosts = hosts_of(name, file, Driver(self._connect, _close, failures))

    def values(self, key: str) -> list[str]:
        return self._hosts.run(lambda connection: list(self._ask(connection, key)))

    def _ask(self, connection: "pymysql.Connection[Any]", key: str) -> Iterator[str]:
        query = self._query.query(key, connection.escape_string)
        if query is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(query)
            rows = list(cursor.fetchall())
            has_rows = cursor.description is not None
            while cursor.nextset():  # of a stored procedure
                has_rows = has_rows or cursor.description is not None
                rows += cursor.fetchall()
        if self._want_rows and not has_rows:
            raise TableError(f"{self._name}: the query did not return a result set")
        yield from (column for row in rows for column in row if column is not None)

    def _connect(self, host: Host) -> "pymysql.Connection[Any]":
        if host.family == "unix" or host.place == "localhost":
            socket = host.place if host.family == "unix" else LOCAL_SOCKET
            return pymysql.connect(unix_socket=socket, **self._options)
        return pymysql.connect(host=host.place, port=int(host.port or 3306), **self._options)


def _options(file: TableFile) -> dict[str, Any]:
    options: dict[str, Any] = {
        "user": file.text("user") or None,
        "password": file.text("password"),
        "database": file.text("dbname") or None,
        "charset": file.text("charset", "utf8mb4"),
        "autocommit": True,
        "conv": _NO_CONVERSION,
        "connect_timeout": TIMEOUT,
        "read_timeout": TIMEOUT,
        "write_timeout": TIMEOUT,
    }
    tls = {theirs: file.text(ours) for ours, theirs in _TLS.items() if file.text(ours)}
    if tls:
        options["ssl"] = {**tls, "check_hostname": file.yes("tls_verify_cert", default=False)}
    if file.text("option_file"):
        options["read_default_file"] = file.text("option_file")
        options["read_default_group"] = file.text("option_group", "client")
    return options


def _close(connection: "pymysql.Connection[Any]") -> None:
    if connection.open:
        connection.close()
