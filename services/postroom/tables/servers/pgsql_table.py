"""pgsql:/file tables, through psycopg2 (pgsql_table(5))."""

from typing import Any

import psycopg2

from postroom.tables.servers.hosts import Driver, Host
from postroom.tables.servers.query_table import QueryTable
from postroom.tables.servers.sql import TIMEOUT, hosts_of, query_of
from postroom.tables.servers.table_file import TableFile

# What quoting here relies on: a backslash is a character like any other.
_BEFORE = f"SET standard_conforming_strings = on; SET statement_timeout = '{TIMEOUT}s'"


class PgsqlTable(QueryTable):
    def backend(self, file: TableFile) -> "_Pgsql":
        return _Pgsql(self.name, file)


class _Pgsql:
    def __init__(self, name: str, file: TableFile) -> None:
        self._options = {
            "dbname": file.text("dbname"),
            "user": file.text("user"),
            "password": file.text("password"),
            "client_encoding": file.text("encoding", "UTF8"),
        }
        self._query = query_of(file)
        driver = Driver(self._connect, _close, (psycopg2.Error, OSError, ValueError))
        self._hosts = hosts_of(name, file, driver)

    def values(self, key: str) -> list[str]:
        query = self._query.query(key, _quoted)
        return [] if query is None else self._hosts.run(lambda server: _rows(server, query))

    def _connect(self, host: Host) -> Any:
        options = {name: value for name, value in self._options.items() if value}
        options["connect_timeout"] = str(TIMEOUT)
        if host.port:
            options["port"] = host.port
        if host.family == "uri":
            connection = psycopg2.connect(host.place, **options)
        else:
            connection = psycopg2.connect(host=host.place, **options)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_BEFORE)
        return connection


def _rows(connection: Any, query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall() if cursor.description else []
    return [_text(column) for row in rows for column in row if column is not None]


def _text(value: object) -> str:
    """As the server would have written it."""
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _close(connection: Any) -> None:
    connection.close()
