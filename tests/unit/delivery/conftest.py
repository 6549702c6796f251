"""Where tests with several users work."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def public_path() -> Iterator[Path]:
    """As ``tmp_path``, which is closed to all but root."""
    with tempfile.TemporaryDirectory(prefix="postroom-test-") as path:
        public = Path(path)
        public.chmod(0o755)
        yield public
