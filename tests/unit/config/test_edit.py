"""Edits change what they are asked to and not a byte besides."""

import os
import stat
from pathlib import Path

import pytest

from postroom.config import edit
from postroom.config.rewriting import rewrite

MAIN = """# top
relayhost = a
  # inside
  more

foo=1
# end
"""


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"foo": "foo = 2"}, MAIN.replace("foo=1", "foo = 2")),
        ({"relayhost": "relayhost = b"}, MAIN.replace("= a", "= b").replace("  more\n", "")),
        ({"z": "z = 1", "b": "b = 2"}, MAIN + "b = 2\nz = 1\n"),
    ],
)
def test_an_entry_is_replaced_in_place_or_added_at_the_end(
    entries: dict[str, str], expected: str
) -> None:
    assert edit.replace(MAIN, entries, edit.parameter_key) == expected


def test_an_entry_with_its_continuations_becomes_a_comment() -> None:
    changed = edit.comment_out(MAIN, {"relayhost"}, edit.parameter_key)
    assert changed == MAIN.replace("relayhost", "#relayhost").replace("  more", "#  more")


def test_an_entry_is_removed_and_the_comments_in_it_stay() -> None:
    changed = edit.remove(MAIN, {"relayhost"}, edit.parameter_key)
    assert changed == "# top\n  # inside\n\nfoo=1\n# end\n"


def test_a_missing_end_of_line_is_added() -> None:
    assert edit.replace("a = 1", {"b": "b = 2"}, edit.parameter_key) == "a = 1\nb = 2\n"


def test_services_go_by_name_and_type() -> None:
    text = "smtp inet n - n - - smtpd\n  -o a=b\nsmtp unix - - n - - smtp\n"
    assert edit.remove(text, {"smtp/inet"}, edit.service_key) == "smtp unix - - n - - smtp\n"


def test_a_rewritten_file_keeps_mode_and_owner(tmp_path: Path) -> None:
    path = tmp_path / "main.cf"
    path.write_text("a = 1\n")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12, 34)
    before = path.stat()
    rewrite(path, lambda text: text + "b = 2\n")
    after = path.stat()
    assert path.read_text() == "a = 1\nb = 2\n"
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino
    assert list(tmp_path.iterdir()) == [path]


def test_a_change_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "main.cf"
    path.write_text("a = 1\n")

    def fail(_: str) -> str:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        rewrite(path, fail)
    assert path.read_text() == "a = 1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.cf"
    target.write_text("a = 1\n")
    link = tmp_path / "main.cf"
    link.symlink_to(target)
    rewrite(link, str.upper)
    assert link.is_symlink()
    assert target.read_text() == "A = 1\n"


def test_a_planted_link_aside_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "main.cf"
    path.write_text("a = 1\n")
    victim = tmp_path / "victim"
    victim.write_text("precious\n")
    (tmp_path / "main.cf.tmp").symlink_to(victim)
    with pytest.raises(OSError, match=r"main\.cf\.tmp"):
        rewrite(path, str.upper)
    assert victim.read_text() == "precious\n"
