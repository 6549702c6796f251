"""What the SQL tables have in common: which query, and how often it may fail."""

from postroom.tables.servers.hosts import C, Driver, Hosts
from postroom.tables.servers.table_file import TableFile
from postroom.tables.servers.template import Template
from postroom.tables.table import TableError

# Seconds for a connection and for an answer; a service has 30 for leaving.
TIMEOUT = 20


def query_of(file: TableFile) -> Template:
    """The ``query``, or what the parameters of Postfix before 2.2 say in its place."""
    text = file.text("query")
    if not text:
        table, column = file.text("table"), file.text("where_field")
        if not table or not column:
            raise TableError(f"{file.path}: no query")
        selected = file.text("select_field")
        # All of it is the admin's; what is looked for comes in later, quoted.
        text = f"SELECT {selected} FROM {table} WHERE {column} = '%s'"  # noqa: S608
        text = f"{text} {file.text('additional_conditions')}".rstrip()
    return Template(text, file.path)


def hosts_of(name: str, file: TableFile, driver: Driver[C]) -> Hosts[C]:
    return Hosts(
        name,
        file.words("hosts", "localhost"),
        driver,
        retry=file.seconds("retry_interval", 60),
        idle=file.seconds("idle_interval", 60),
    )
