"""Tables look at their files again at every question, so that no test has to wait."""

import pytest

from postroom.tables import refreshed


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshed, "CHECK_SECONDS", 0.0)
