"""Each configuration is rendered once for all tests here."""

from pathlib import Path

import pytest

from units.rendered import CONFIGURATIONS, render_into


@pytest.fixture(scope="session", params=CONFIGURATIONS)
def units(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with every unit of one configuration."""
    directory = tmp_path_factory.mktemp(request.param)
    render_into(directory, CONFIGURATIONS[request.param])
    return directory
