"""Names pair: a daemon has its unit, its tests and its row of the map; a socket its contract."""

import importlib
import re

import pytest

from shape.tree import SOURCE, TOP, daemons

UNITS = TOP / "units"


def _program(daemon: str) -> str:
    """The name in master.cf, which is the unit's too."""
    return daemon.rsplit(".", maxsplit=1)[-1].replace("_", "-")


def test_there_are_daemons() -> None:
    assert "cleanup" in daemons()


@pytest.mark.parametrize("daemon", daemons())
def test_a_daemon_has_a_unit_template(daemon: str) -> None:
    assert (UNITS / f"{_program(daemon)}.service.j2").is_file()


@pytest.mark.parametrize("daemon", daemons())
def test_a_daemon_has_unit_tests(daemon: str) -> None:
    folder = TOP / "tests" / "unit" / daemon.replace(".", "/")
    assert list(folder.glob("test_*.py"))


@pytest.mark.parametrize("daemon", daemons())
def test_a_daemon_has_settings_a_manual_and_nothing_but_wiring_in_its_main(daemon: str) -> None:
    folder = SOURCE / daemon.replace(".", "/")
    assert (folder / "settings.py").is_file()
    manual = (folder / "__init__.py").read_text()
    for chapter in ("SECURITY", "STANDARDS", "PARAMETERS"):
        assert chapter in manual, f"{daemon}: no {chapter}"
    assert len((folder / "__main__.py").read_text().splitlines()) <= 150


@pytest.mark.parametrize("daemon", daemons())
def test_a_daemon_has_a_row_in_the_map(daemon: str) -> None:
    rows = (TOP / "services" / "README.md").read_text()
    assert re.search(rf"^\| \[?`?{re.escape(_program(daemon))}`?", rows, re.MULTILINE)


def _contracts() -> list[str]:
    return sorted(
        path.stem
        for path in (SOURCE / "contracts").glob("*.py")
        if path.stem not in ("__init__", "intake", "pages")
    )


@pytest.mark.parametrize("name", _contracts())
def test_a_contract_has_a_socket_unit(name: str) -> None:
    """The one contract without frames of ours is sendmail's, which imports nothing."""
    contract = getattr(importlib.import_module(f"postroom.contracts.{name}"), "CONTRACT", None)
    socket = contract.name if contract is not None else name
    assert (UNITS / f"{socket}.socket.j2").is_file()


def test_every_private_socket_has_a_contract() -> None:
    """smtpd speaks SMTP, and what spawn's commands speak is theirs."""
    templates = {path.name.removesuffix(".socket.j2") for path in UNITS.glob("*.socket.j2")}
    names = {name.replace("_", "-") for name in _contracts()}
    assert templates - names - {"smtpd", "spawn", "socket.j2"} == set()


def test_every_command_is_where_an_admin_looks_for_it() -> None:
    """They are in a directory of their own; a link to one that was forgotten is no link."""
    debian = TOP / "packaging/debian"
    links = {line for path in debian.glob("*.links") for line in path.read_text().splitlines()}
    commands = [path.name for path in (TOP / "packaging/sbin").iterdir()]
    assert commands
    assert {f"usr/lib/postroom/{name} usr/sbin/{name}" for name in commands} <= links
