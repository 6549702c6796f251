"""The linters find nothing."""

import subprocess
import sys

import pytest

from shape.tree import TOP


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        ("mypy", "-p", "postroom", "-p", "postroom_generator"),
    ],
    ids=" ".join,
)
def test_linters_find_nothing(command: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
