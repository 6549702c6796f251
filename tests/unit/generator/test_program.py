"""The generator as systemd runs it: a wrapper that always leaves a full set of units."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[3]
WRAPPER = TREE / "generators/postroom-generator"
GOOD = "compatibility_level = 3.6\nmyhostname = mail.example.org\ninet_interfaces = loopback-only\n"


class Place:
    """A configuration directory, and what the wrapper writes beside it."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "etc"
        self.report = directory / "run"
        self.python = directory / "python"
        self.config.mkdir()
        self.main(GOOD)
        shutil.copy(TREE / "conf/master.cf", self.config)
        self._install_python()

    def main(self, text: str) -> None:
        (self.config / "main.cf").write_text(text)

    def _install_python(self) -> None:
        """Stands for an installed package: python -I sees nothing of this tree by itself."""
        paths = [str(TREE / "services"), str(TREE / "generators")]
        script = (
            "import runpy, sys\n"
            f"sys.path[:0] = {paths!r}\n"
            f"sys.argv[:] = ['generator', *sys.argv[-2:], {str(TREE / 'units')!r}]\n"
            "runpy.run_module('postroom_generator', run_name='__main__')\n"
        )
        self.python.write_text(f"#!{sys.executable}\n{script}")
        self.python.chmod(0o755)

    def generate(self, units: Path) -> list[str]:
        units.mkdir()
        environment = {
            **os.environ,
            "POSTROOM_CONFIG": str(self.config),
            "POSTROOM_REPORT": str(self.report),
            "POSTROOM_PYTHON": str(self.python),
        }
        subprocess.run([WRAPPER, units, units, units], env=environment, check=True)
        return sorted(path.name for path in units.iterdir())

    def keep(self, units: Path) -> None:
        """What ``postroom reload`` does with a good set."""
        units.rename(self.config / ".generated")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_good_configuration_leaves_units_and_no_report(place: Place, tmp_path: Path) -> None:
    units = place.generate(tmp_path / "units")
    assert "postroom-smtpd@smtp.socket" in units
    link = tmp_path / "units/postroom.target.wants/postroom-smtpd@smtp.socket"
    assert link.resolve() == tmp_path / "units/postroom-smtpd@smtp.socket"
    assert not place.report.exists()


def test_an_error_leaves_the_last_good_set_and_says_why(place: Place, tmp_path: Path) -> None:
    before = place.generate(tmp_path / "good")
    place.keep(tmp_path / "good")
    place.main("message_size_limit = many\n")
    assert place.generate(tmp_path / "units") == before
    assert "message_size_limit" in (place.report / "error").read_text()
    assert (place.report / "changed").exists()


def test_a_python_that_does_not_run_leaves_the_last_good_set(place: Place, tmp_path: Path) -> None:
    before = place.generate(tmp_path / "good")
    place.keep(tmp_path / "good")
    place.python.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    assert place.generate(tmp_path / "units") == before
    assert (place.report / "error").read_text() == "broken\n"


def test_an_error_mended_is_told_too(place: Place, tmp_path: Path) -> None:
    place.main("message_size_limit = many\n")
    assert place.generate(tmp_path / "bad") == []
    (place.report / "changed").unlink()
    place.main(GOOD)
    place.generate(tmp_path / "good")
    assert not (place.report / "error").exists()
    assert (place.report / "changed").exists()


def test_nothing_is_written_where_the_python_files_are(place: Place, tmp_path: Path) -> None:
    """The root file system may be read-only, and a half-written cache would be ours."""
    assert "-B" in WRAPPER.read_text().split()
    assert "-I" in WRAPPER.read_text().split()
