"""The file behind a table of queries (config.table_files).

proxymap(8) cannot read files that only root and the mailer may; systemd hands them to it as
credentials. Whoever has none reads the file itself.
"""

from postroom.config.table_files import BadTableFile, parameters_of
from postroom.tables.credential import place_of_query, readable
from postroom.tables.table import TableError

_TRUE = {"yes": True, "no": False}


class TableFile:
    """The parameters of a table, which its name or main.cf has; raises TableError where they
    cannot be read or understood."""

    def __init__(self, name: str) -> None:
        self.path = place_of_query(name)
        try:
            self._values = parameters_of(name, _text(self.path))
        except BadTableFile as error:
            raise TableError(f"{self.path}, {error}") from None

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, default)

    def words(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(self.text(name, default).replace(",", " ").split())

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdigit()):
            raise TableError(f"{self.path}: {name}: bad number {text!r}")
        return int(text)

    def seconds(self, name: str, default: int) -> float:
        return float(self.number(name, default))

    def yes(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "yes" if default else "no").lower()
        if text not in _TRUE:
            raise TableError(f"{self.path}: {name}: yes or no expected, not {text!r}")
        return _TRUE[text]


def _text(path: str) -> str:
    try:
        return readable(path).read_text("utf-8")
    except UnicodeDecodeError:
        raise TableError(f"open {path}: not UTF-8") from None
    except OSError as error:
        raise TableError(f"open {path}: {error.strerror}") from None
