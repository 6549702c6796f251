"""What is wrong with a configuration, and where its maker has to look."""

from enum import Enum
from pathlib import Path
from typing import NamedTuple


class ConfigError(Exception):
    """A file that cannot be used. ``line`` 0 means the file as a whole."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(path, line, text)
        self.path = path
        self.line = line
        self.text = text

    def __str__(self) -> str:
        return f"{place(self.path, self.line)}: {self.text}"


class Severity(Enum):
    """An error keeps a configuration from taking effect; a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Problem(NamedTuple):
    """One finding about a file."""

    severity: Severity
    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.severity.value}: {place(self.path, self.line)}: {self.text}"


def place(path: Path, line: int) -> str:
    """A file and line the way Postfix's programs name them."""
    return f"{path}, line {line}" if line else str(path)
