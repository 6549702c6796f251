"""postroom setup: every change is undone, and what somebody else changed is left alone."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.commands.postroom import manager, verbs
from postroom.commands.postroom.setup import address, diversion
from postroom.commands.postroom.setup.changing import set_up, set_up_nothing, undo
from postroom.commands.postroom.setup.record import Mode, load

TREE = Path(__file__).resolve().parents[3]
BESIDE = Mode("beside", "127.0.0.2")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration on a machine without systemd and dpkg, the commands of which are free."""
    for name in ("main.cf", "master.cf"):
        (tmp_path / name).write_text((TREE / "conf" / name).read_text())
    monkeypatch.setattr(manager, "running", lambda: False)
    monkeypatch.setattr(verbs, "reload", lambda _: 0)
    monkeypatch.setattr(address, "check", lambda _: None)
    monkeypatch.setattr(diversion, "_dpkg_divert", lambda *_: None)
    monkeypatch.setattr(diversion, "OURS", tmp_path / "ours")
    commands = {str(tmp_path / name): "sendmail" for name in ("sendmail", "mailq", "newaliases")}
    monkeypatch.setattr(diversion, "COMMANDS", commands)
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/sendmail").touch()
    (tmp_path / "sendmail").write_text("another's")
    (tmp_path / "mailq").symlink_to("sendmail")
    return tmp_path


def seen(source: Path) -> dict[str, str]:
    """The files and links that setup might change."""
    names = ("main.cf", "master.cf", "sendmail", "mailq", "newaliases")
    return {name: (source / name).read_text() for name in names if (source / name).exists()}


@pytest.mark.parametrize("mode", [Mode("send-only"), BESIDE, Mode("replace")])
def test_undo_brings_back_what_was_there(source: Path, mode: Mode) -> None:
    before = seen(source)
    set_up(source, mode)
    assert seen(source) != before
    undo(source)
    assert (seen(source), load(source)) == (before, None)
    assert (source / "mailq").is_symlink()


def test_a_mode_is_set_up_from_any_other_and_undo_goes_the_same_way_back(source: Path) -> None:
    before = seen(source)
    modes = (Mode("send-only"), BESIDE, Mode("replace"), Mode("replace"), Mode("send-only"))
    for mode in modes:
        set_up(source, mode)
    found = []
    while record := load(source):
        found.append(record.mode)
        undo(source)
    assert found == [modes[4], modes[2], modes[1], modes[0]]
    assert seen(source) == before


def test_everything_is_given_back_at_once(source: Path) -> None:
    before = seen(source)
    for mode in (Mode("send-only"), BESIDE, Mode("replace")):
        set_up(source, mode)
    set_up_nothing(source)
    assert (seen(source), load(source)) == (before, None)


def test_send_only_has_no_line_that_listens(source: Path) -> None:
    set_up(source, Mode("send-only"))
    text = (source / "master.cf").read_text()
    assert [line for line in text.splitlines() if " inet " in line and line[0] != "#"] == []


def test_what_somebody_changed_meanwhile_stays(source: Path) -> None:
    set_up(source, BESIDE)
    changed = (source / "main.cf").read_text().replace("= 127.0.0.2", "= 127.0.0.3")
    (source / "main.cf").write_text(changed)
    undo(source)
    assert (source / "main.cf").read_text() == changed


def test_a_command_is_taken_over_in_one_step(source: Path) -> None:
    set_up(source, Mode("replace"))
    assert (source / "sendmail").resolve() == source / "ours/sendmail"
    assert (source / "sendmail.before-postroom").read_text() == "another's"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody listens at 127.0.0.2."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.2", 0))
        listener.listen()
        monkeypatch.setattr(address, "SMTP", listener.getsockname()[1])
        monkeypatch.setattr(manager, "listens", lambda *_: False)
        yield


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("text", ["127.0.0.2", "192.0.2.1", "2001:db8::1", "localhost"])
def test_an_address_that_cannot_be_ours_is_refused(text: str) -> None:
    with pytest.raises(address.Unusable):
        address.check(text)
