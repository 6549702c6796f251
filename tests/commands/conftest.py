"""Commands as a user types them, in this process."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from commands.postfix import Postfix


class Result(NamedTuple):
    code: int
    out: str
    err: str


Type = Callable[..., Result]


@pytest.fixture(scope="session")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Postfix:
    """Postfix's own commands, to compare ours with."""
    return Postfix(tmp_path_factory.mktemp("postfix"))


@pytest.fixture
def typed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Type:
    """Run a queue command whose sockets are below ``tmp_path``."""
    monkeypatch.setattr("postroom.instance.run_directory", lambda _: str(tmp_path))

    def run(program: str, *arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", [program, *arguments])
        with pytest.raises(SystemExit) as ending:
            import_module(f"postroom.commands.queue.{program}").main()
        captured = capfd.readouterr()
        assert isinstance(ending.value.code, int)
        return Result(ending.value.code, captured.out, captured.err)

    return run
