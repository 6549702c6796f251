"""Configurations from everywhere load, and postconf shows them as Postfix's own does."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from commands.postfix import Postfix
from commands.published import Example, examples
from postroom.commands.postconf import main
from postroom.config.configuration import load
from postroom.config.problem import ConfigError

# Written as distributions, images of containers and hosting panels have theirs.
STYLES = sorted(Path(__file__).with_name("styles").iterdir())
# Fewer than were found at first would mean that the collector has gone blind.
PUBLISHED = 250


class Shown(NamedTuple):
    code: int
    out: bytes


Show = Callable[[Path, str], Shown]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    return examples(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Show:
    def show(directory: Path, option: str) -> Shown:
        monkeypatch.setattr(sys, "argv", ["postconf", "-c", str(directory), option])
        code = main()
        return Shown(code, capfdbinary.readouterr().out)

    return show


@pytest.fixture
def theirs(postfix: Postfix) -> Show:
    def show(directory: Path, option: str) -> Shown:
        command = [*postfix.command("postconf"), "-c", str(directory), option]
        done = subprocess.run(command, capture_output=True, check=False)
        return Shown(done.returncode, done.stdout)

    return show


def _written(directory: Path, example: Example) -> Path:
    """The files, long unchanged: Postfix waits a second for each that is not."""
    for name, text in (("main.cf", example.main), ("master.cf", example.master)):
        (directory / name).write_text(text)
        os.utime(directory / name, (0, 0))
    return directory


def _different(example: Example, ours: Show, theirs: Show, directory: Path) -> Iterator[str]:
    """Options with which postconf says something else; none where Postfix refuses the files."""
    _written(directory, example)
    for option in ("-n", "-M") if example.master else ("-n",):
        expected = theirs(directory, option)
        if expected.code:
            return
        if ours(directory, option) != expected:
            yield f"{example.document}: postconf {option} shows something else"


def test_what_packages_and_their_documentation_show_is_shown_as_by_postfix(
    published: list[Example], ours: Show, theirs: Show, tmp_path: Path
) -> None:
    assert len(published) > PUBLISHED
    found = [text for one in published for text in _different(one, ours, theirs, tmp_path)]
    assert found == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
@pytest.mark.parametrize("option", ["-n", "-nf", "-M", "-Mf", "-P", "-F"])
def test_styles_are_shown_as_by_postfix(
    style: Path, option: str, ours: Show, theirs: Show, tmp_path: Path
) -> None:
    main, master = ((style / name).read_text() for name in ("main.cf", "master.cf"))
    directory = _written(tmp_path, Example(style.name, main, master))
    expected = theirs(directory, option)
    assert expected.code == 0
    assert ours(directory, option) == expected


def test_check_has_its_say_on_whatever_loads(published: list[Example], tmp_path: Path) -> None:
    """Nothing that somebody wrote may bring it down."""
    judged = 0
    for example in published:
        with suppress(ConfigError):
            judged += bool(load(_written(tmp_path, example)).problems())
    assert judged > PUBLISHED
