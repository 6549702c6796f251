"""What the kernel says of who is at the other end."""

import os
import socket

import pytest

from postroom.ipc.peer import is_colleague, peer_of


def test_process_and_user_of_a_connection() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_of(ours) == (os.getpid(), os.getuid(), os.getgid())


def test_a_shared_group_makes_a_colleague(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = os.getgroups()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert is_colleague(ours) is bool(groups)
        monkeypatch.setattr(os, "getgroups", lambda: [4_000_000])
        assert not is_colleague(ours)


def test_a_peer_of_whom_the_kernel_knows_no_groups_is_none() -> None:
    with socket.socket() as unconnected:
        assert not is_colleague(unconnected)
