"""Log records reach journald whole and in order, and a slow journald delays no mail."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from postroom.systemd import journal_socket
from postroom.systemd.journal import Priority, SystemJournal
from postroom.systemd.journal_socket import JournalSocket


@pytest.fixture
def journald(tmp_path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(tmp_path / "socket"))
    sock.settimeout(5.0)
    return sock


def journal(tmp_path: Path) -> SystemJournal:
    return SystemJournal("postfix/smtpd", JournalSocket(str(tmp_path / "socket")))


def test_a_record_has_its_text_and_its_fields(tmp_path: Path, journald: socket.socket) -> None:
    with journald:
        journal(tmp_path).send(Priority.INFO, "connect", {"QUEUE_ID": "65A1B2C3D4E5F"})
        lines = journald.recv(4096).decode().splitlines()
    assert "MESSAGE=connect" in lines
    assert "PRIORITY=6" in lines
    assert "SYSLOG_FACILITY=2" in lines
    assert "SYSLOG_IDENTIFIER=postfix/smtpd" in lines
    assert "QUEUE_ID=65A1B2C3D4E5F" in lines


def test_no_text_can_forge_a_field(tmp_path: Path, journald: socket.socket) -> None:
    with journald:
        journal(tmp_path).send(Priority.INFO, "a\n_UID=0", {"SENDER": "b\nSTATUS=sent"})
        lines = journald.recv(4096).decode().splitlines()
    assert not any(line.startswith(("_UID", "STATUS")) for line in lines)


def test_a_slow_journald_gets_all_records_in_order_and_nobody_waits(
    tmp_path: Path, journald: socket.socket
) -> None:
    async def run() -> list[bytes]:
        ours = journal(tmp_path)
        started = time.monotonic()
        for number in range(2000):
            ours.send(Priority.INFO, f"{number}", {})
        assert time.monotonic() - started < 1.0
        journald.setblocking(False)
        received: list[bytes] = []
        while len(received) < 2000:
            received.append(await asyncio.get_running_loop().sock_recv(journald, 4096))
        return received

    with journald:
        received = asyncio.run(run())
    texts = [record.split(b"\n")[0] for record in received]
    assert texts == [b"MESSAGE=%d" % number for number in range(2000)]


def test_what_is_lost_is_counted(
    tmp_path: Path, journald: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_socket, "MAX_WAITING", 5)

    async def run() -> list[bytes]:
        ours = journal(tmp_path)
        for number in range(1000):
            ours.send(Priority.INFO, f"{number}", {})
        journald.setblocking(False)
        received: list[bytes] = []
        while not received or b"lost" not in received[-1]:
            received.append(await asyncio.get_running_loop().sock_recv(journald, 4096))
        return received

    with journald:
        received = asyncio.run(run())
    assert b"%d log records were lost" % (1000 - len(received) + 1) in received[-1]


def test_a_journald_that_is_away_harms_nobody(tmp_path: Path) -> None:
    ours = SystemJournal("postfix/smtpd", JournalSocket(str(tmp_path / "nothing")))
    ours.send(Priority.INFO, "into the void", {})
