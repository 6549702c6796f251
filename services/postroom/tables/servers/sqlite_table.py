"""sqlite:/file tables (sqlite_table(5)); the database is opened for reading only."""

import sqlite3
from urllib.parse import quote

from postroom.tables.servers.query_table import QueryTable
from postroom.tables.servers.sql import TIMEOUT, query_of
from postroom.tables.servers.table_file import TableFile
from postroom.tables.table import TableError


class SqliteTable(QueryTable):
    def backend(self, file: TableFile) -> "_Sqlite":
        return _Sqlite(self.name, file)


class _Sqlite:
    """Opens the database anew for each question: whoever replaces the file is noticed."""

    def __init__(self, name: str, file: TableFile) -> None:
        self._name = name
        self._database = f"file:{quote(file.text('dbpath'))}?mode=ro"
        self._query = query_of(file)

    def values(self, key: str) -> list[str]:
        query = self._query.query(key, _quoted)
        if query is None:
            return []
        try:
            connection = sqlite3.connect(self._database, TIMEOUT, uri=True)
            try:
                rows = connection.execute(query).fetchall()
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise TableError(f"{self._name}: {error}") from None
        return [_text(row[0]) for row in rows if row[0] is not None]


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
