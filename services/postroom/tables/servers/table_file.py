"""The file behind a table of queries: ``name = value`` lines as in main.cf, without expansion.

proxymap(8) cannot read files that only root and the mailer may; systemd hands them to it as
credentials. Whoever has none reads the file itself.
"""

import os
from pathlib import Path

from postroom.config.table_credentials import credential_name
from postroom.config.table_files import BadTableFile, table_parameters
from postroom.tables.table import TableError

_TRUE = {"yes": True, "no": False}


class TableFile:
    """The parameters in ``path``; raises TableError where it cannot be read or understood."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._values = dict(table_parameters(_text(path)))
        except BadTableFile as error:
            raise TableError(f"{path}, {error}") from None

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


def credential(path: str) -> Path | None:
    """Where systemd has put the file for this service, if it has."""
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    found = Path(directory, credential_name(path)) if directory else None
    return found if found is not None and found.is_file() else None


def is_newer(path: str) -> bool:
    """Whether the file was changed after it was handed over."""
    handed = credential(path)
    try:
        return handed is not None and Path(path).stat().st_mtime > handed.stat().st_mtime
    except OSError:
        return False  # what was handed over is all there is


def _text(path: str) -> str:
    handed = credential(path)
    # An empty one stands for a file that was missing when the service began.
    place = handed if handed is not None and handed.stat().st_size else Path(path)
    try:
        return place.read_text("utf-8")
    except UnicodeDecodeError:
        raise TableError(f"open {path}: not UTF-8") from None
    except OSError as error:
        raise TableError(f"open {path}: {error.strerror}") from None
