"""Every manual page is there and can be shown; what declarations say is in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from postroom.config.parameters import PARAMETERS
from shape.tree import TOP, daemons

WRITTEN = TOP / "packaging/man"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that are made when the package is built, by Python alone."""
    directory = tmp_path_factory.mktemp("manuals")
    subprocess.run([sys.executable, "-S", TOP / "packaging/manuals", directory], check=True)
    return directory


def _complaints(page: Path) -> str:
    """Of what formats a page; ``.so`` begins at the directory of all pages."""
    command = ["groff", "-mandoc", "-ww", "-Tutf8", "-z", page]
    text = page.read_text()
    if text.startswith(".so "):
        return "" if (WRITTEN / Path(text.split()[1]).name).is_file() else "leads astray"
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def _plain(page: Path) -> str:
    """Without what keeps words from being macros, and tells where they may break."""
    return page.read_text().replace("\\&", "").replace("\\:", "")


@pytest.mark.parametrize("page", sorted(WRITTEN.iterdir()), ids=lambda page: page.name)
def test_a_page_is_shown_without_complaint(page: Path) -> None:
    assert _complaints(page) == ""


def test_pages_from_declarations_are_shown_without_complaint(made: Path) -> None:
    assert "".join(map(_complaints, made.iterdir())) == ""


def test_every_daemon_has_a_page_that_says_what_it_may_do(made: Path) -> None:
    names = {daemon.rpartition(".")[2].replace("_", "-") for daemon in daemons()}
    assert {page.stem for page in made.glob("*.8")} == {f"postroom-{name}" for name in names}
    for page in made.glob("*.8"):
        assert "\n.Sh SECURITY\n" in page.read_text(), page.name


def test_every_parameter_is_explained_in_postconf_5(made: Path) -> None:
    text = _plain(made / "postconf.5")
    missing = [name for name, one in PARAMETERS.items() if one.current and name not in text]
    assert missing == []


def test_a_daemon_s_page_explains_what_its_settings_hold(made: Path) -> None:
    assert "Refuse MAIL before HELO." in _plain(made / "postroom-smtpd.8")
