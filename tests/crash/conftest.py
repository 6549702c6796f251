"""The mailer that is to crash, its next host, and a table of what came of it at the end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crash.budget import SEED
from crash.figures import Figures
from crash.sink import Sink
from crash.site import SINK_PORT, running_site
from system.mailer import Mailer

_ROWS = pytest.StashKey[list[tuple[str, object]]]()


@pytest.fixture
def mail() -> Iterator[Mailer]:
    with running_site(f"crash-{os.getpid()}") as mail:
        yield mail


@pytest.fixture
def sink(mail: Mailer, tmp_path: Path) -> Iterator[Sink]:
    sink = Sink(mail.machine.listen(SINK_PORT, "127.0.0.1"), tmp_path / "arrived")
    yield sink
    sink.stop()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Puts a row into the table."""
    rows = request.config.stash.setdefault(_ROWS, [("seed", SEED)])

    def add(what: str, figure: object) -> None:
        rows.append((what, figure))

    return add


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    rows = config.stash.get(_ROWS, [])
    if rows:
        terminalreporter.section("what crashed, and what came of it")
    for what, figure in rows:
        text = f"{figure:10,}" if isinstance(figure, int) else f"{figure!s:>10}"
        terminalreporter.line(f"{text}  {what}")
