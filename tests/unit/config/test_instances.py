"""Several mail systems on one machine: by /etc/postroom-NAME, and by what /etc/postroom names."""

from pathlib import Path

import pytest

from postroom import instance
from postroom.config.configuration import load
from postroom.config.instances import is_known, starts_with_machine
from postroom.config.own_places import queue_directory
from postroom.config.problem import Severity

FINE = "compatibility_level = 3.6\nmyhostname = mail.example.org\nmynetworks = 127.0.0.0/8\n"


MASTER = "smtp unix - - n - - smtp\nlocal unix - n n - - local\n"


class Etc:
    """/etc with an instance, and others at will."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def configure(self, name: str, main: str = "") -> Path:
        place = self.directory / name
        place.mkdir(exist_ok=True)
        (place / "main.cf").write_text(f"{FINE}{main}")
        (place / "master.cf").write_text(MASTER)
        return place

    def errors(self, name: str) -> list[str]:
        found = load(self.directory / name).problems()
        return [one.text for one in found if one.severity is Severity.ERROR]


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Etc:
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(tmp_path / "postroom"))
    return Etc(tmp_path)


def test_an_instance_is_what_its_directory_beside_the_first_ones_is_called(etc: Etc) -> None:
    for directory, name in {
        "postroom": "postroom",
        "postroom-out": "postroom-out",
        "postroom-out/": "postroom-out",
        "elsewhere/postroom-out": "postroom",
        "other": "postroom",
    }.items():
        assert instance.instance_of(f"{etc.directory}/{directory}") == name


def test_a_further_instance_is_one_that_the_first_names(etc: Etc) -> None:
    first = etc.configure("postroom")
    out = etc.configure("postroom-out")
    assert is_known(first)
    assert not is_known(out)
    assert "multi_instance_directories does not name it" in " ".join(etc.errors("postroom-out"))
    etc.configure("postroom", f"multi_instance_directories = {out}\n")
    assert is_known(out)
    assert etc.errors("postroom-out") == []


def test_one_that_is_not_there_keeps_no_other_from_running(etc: Etc) -> None:
    directory = etc.directory / "postroom-out"
    first = etc.configure("postroom", f"multi_instance_directories = {directory}\n")
    warnings = [one.text for one in load(first).problems() if one.severity is Severity.WARNING]
    assert f"multi_instance_directories: {directory}: there is no main.cf" in warnings
    assert etc.errors("postroom") == []


def test_none_is_known_while_the_first_cannot_be_read(etc: Etc) -> None:
    out = etc.configure("postroom-out")
    etc.configure("postroom", "= nothing\n")
    assert not is_known(out)


def test_a_further_instance_starts_with_the_machine_where_it_says_so(etc: Etc) -> None:
    assert starts_with_machine(load(etc.configure("postroom", "multi_instance_enable = no\n")))
    assert not starts_with_machine(load(etc.configure("postroom-out")))
    assert starts_with_machine(load(etc.configure("postroom-in", "multi_instance_enable = yes\n")))


@pytest.mark.parametrize(
    "name", ["postroom-Out", "postroom-", "postroom-a b", "out", "x/postroom-a"]
)
def test_the_first_names_no_directory_that_cannot_be_one(etc: Etc, name: str) -> None:
    etc.configure("postroom", f"multi_instance_directories = {{ {etc.directory}/{name} }}\n")
    assert any("a further instance is configured in" in one for one in etc.errors("postroom"))


def test_each_instance_has_a_queue_of_its_own(etc: Etc) -> None:
    names = f"{etc.directory}/postroom-out {etc.directory}/postroom-in"
    etc.configure("postroom", f"multi_instance_directories = {names}\n")
    out, inside = etc.configure("postroom-out"), etc.configure("postroom-in")
    assert queue_directory(load(out)) == "/var/lib/postroom-out"
    assert etc.errors("postroom-out") == etc.errors("postroom-in") == []
    for taken, whose in (("/var/lib/postroom", "postroom"), ("/var/lib/postroom-in", inside.name)):
        etc.configure("postroom-out", f"queue_directory = {taken}\n")
        assert etc.errors("postroom-out") == [
            f"queue_directory: {taken} is the queue of {etc.directory}/{whose}"
        ]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("", "/var/lib/postroom"),
        ("/srv/mail/", "/srv/mail"),
        ("/var/spool/postfix", "/var/lib/postroom"),
        ("/var/spool/postfix-out", "/var/lib/postroom"),
        ("/var/spool/postfixed", "/var/spool/postfixed"),
    ],
)
def test_the_queue_is_where_main_cf_says_but_never_in_postfixes(
    etc: Etc, written: str, place: str
) -> None:
    main = f"queue_directory = {written}\n" if written else ""
    assert queue_directory(load(etc.configure("postroom", main))) == place
