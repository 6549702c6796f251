"""A table of what the crash tests did and found, at the end of every run."""

import pytest

from crash.budget import SEED
from crash.figures import Figures

_ROWS = pytest.StashKey[list[tuple[str, object]]]()


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
