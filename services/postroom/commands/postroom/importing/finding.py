"""What became of a line, or of a file."""

from enum import Enum
from pathlib import Path
from typing import NamedTuple

from postroom.config.problem import Problem, place


class What(Enum):
    """``LEFT`` and the last three are for the admin to look at."""

    ACTS = "acts"
    CHANGED = "changed"
    COPIED = "copied"
    BUILT = "built"
    SAVED = "saved"
    LEFT = "left"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """``line`` 0 is the file as a whole."""

    what: What
    path: Path
    line: int
    text: str

    @classmethod
    def of(cls, problem: Problem) -> "Finding":
        return cls(What(problem.severity.value), *problem[1:])

    def __str__(self) -> str:
        return f"{self.what.value}: {place(self.path, self.line)}: {self.text}"
