"""Root is led nowhere by what a user has put on the way. Needs root."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.delivery.local.keeper import Kept, keeper, open_as_root

MALLORY = 12345


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A directory of root's with a secret in it, ``lists`` beside it."""
    (tmp_path / "secret").write_text("root's")
    (tmp_path / "secret").chmod(0o600)
    lists = tmp_path / "lists"
    lists.mkdir(mode=0o755)
    return lists


def read(path: Path) -> str:
    descriptor = open_as_root(str(path), os.O_RDONLY)
    with os.fdopen(descriptor) as file:
        return file.read()


def to_secret(path: Path) -> None:
    path.symlink_to(path.parent.parent / "secret")


def second_name(path: Path) -> None:
    path.hardlink_to(path.parent.parent / "secret")


def by_a_directory(path: Path) -> None:
    path.symlink_to(path.parent.parent)


@pytest.mark.parametrize("put", [to_secret, second_name])
def test_root_s_own_links_are_followed(lists: Path, put: Callable[[Path], None]) -> None:
    put(lists / "all")
    assert read(lists / "all") == "root's"
    assert keeper(str(lists / "all")) == 0


@pytest.mark.parametrize("mode", [0o775, 0o777, 0o1777])
@pytest.mark.parametrize("put", [to_secret, second_name])
def test_links_in_a_directory_that_others_write_to_are_not(
    lists: Path, mode: int, put: Callable[[Path], None]
) -> None:
    put(lists / "all")
    os.chown(lists / "all", MALLORY if put is to_secret else 0, 0, follow_symlinks=False)
    lists.chmod(mode)
    with pytest.raises(OSError, match="others may write"):
        read(lists / "all")


def test_neither_are_links_to_directories(lists: Path) -> None:
    by_a_directory(lists / "all")
    lists.chmod(0o775)
    with pytest.raises(OSError, match="others may write"):
        read(lists / "all" / "secret")


@pytest.mark.parametrize("put", [to_secret, second_name, Path.touch])
def test_what_lies_in_a_user_s_directory_is_the_user_s(
    lists: Path, put: Callable[[Path], None]
) -> None:
    """Even behind a link of root's."""
    put(lists / "all")
    os.chown(lists, MALLORY, 0)
    (lists.parent / "link").symlink_to("lists/all")
    for path in (lists / "all", lists.parent / "link"):
        with pytest.raises(Kept) as kept:
            read(path)
        assert kept.value.uid == keeper(str(path)) == MALLORY


def test_a_list_that_a_group_keeps_is_read(lists: Path) -> None:
    (lists / "all").write_text("bob")
    lists.chmod(0o2775)
    assert read(lists / "all") == "bob"


def test_links_in_a_circle_come_to_an_end(lists: Path) -> None:
    (lists / "all").symlink_to("all")
    with pytest.raises(OSError, match="symbolic link"):
        read(lists / "all")


def test_the_way_back_up_and_relative_links_are_the_kernel_s(lists: Path) -> None:
    (lists / "all").symlink_to("../lists/./../secret")
    assert read(lists / ".." / "lists" / "all") == "root's"
    with pytest.raises(IsADirectoryError):
        open_as_root("/", os.O_RDONLY)
