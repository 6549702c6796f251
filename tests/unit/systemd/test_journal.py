"""Log records reach journald whole and in order, and a slow journald delays no mail."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import postroom
from postroom.systemd import journal_socket
from postroom.systemd.journal import Priority, SystemJournal
from postroom.systemd.journal_socket import JournalSocket

SERVICES = Path(postroom.__file__).parents[1]


@pytest.fixture
def journald(tmp_path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(tmp_path / "socket"))
    sock.settimeout(5.0)
    return sock


def journal(tmp_path: Path) -> SystemJournal:
    return SystemJournal("postfix/smtpd", "local3", JournalSocket(str(tmp_path / "socket")))


def test_a_record_has_its_text_and_its_fields(tmp_path: Path, journald: socket.socket) -> None:
    with journald:
        journal(tmp_path).send(Priority.INFO, "connect", {"QUEUE_ID": "65A1B2C3D4E5F"})
        lines = journald.recv(4096).decode().splitlines()
    assert "MESSAGE=connect" in lines
    assert "PRIORITY=6" in lines
    assert "SYSLOG_FACILITY=19" in lines
    assert "SYSLOG_IDENTIFIER=postfix/smtpd" in lines
    assert "QUEUE_ID=65A1B2C3D4E5F" in lines


def test_no_text_can_forge_a_field(tmp_path: Path, journald: socket.socket) -> None:
    with journald:
        journal(tmp_path).send(Priority.INFO, "a\n_UID=0", {"SENDER": "b\nSTATUS=sent"})
        lines = journald.recv(4096).decode().splitlines()
    assert not any(line.startswith(("_UID", "STATUS")) for line in lines)


async def receive(journald: socket.socket, count: int) -> list[bytes]:
    """The first lines of so many records."""
    journald.setblocking(False)
    loop = asyncio.get_running_loop()
    return [(await loop.sock_recv(journald, 4096)).split(b"\n")[0] for _ in range(count)]


def test_what_is_said_leaves_in_order_at_the_end_of_the_turn(
    tmp_path: Path, journald: socket.socket
) -> None:
    async def run() -> list[bytes]:
        ours = journal(tmp_path)
        for number in range(5):
            ours.send(Priority.INFO, f"{number}", {})
        journald.setblocking(False)
        with pytest.raises(BlockingIOError):
            journald.recv(4096)
        return await receive(journald, 5)

    with journald:
        texts = asyncio.run(run())
    assert texts == [b"MESSAGE=%d" % number for number in range(5)]


def test_a_slow_journald_gets_all_records_in_order_and_nobody_waits(
    tmp_path: Path, journald: socket.socket
) -> None:
    async def run() -> list[bytes]:
        ours = journal(tmp_path)
        started = time.monotonic()
        for number in range(2000):
            ours.send(Priority.INFO, f"{number}", {})
        await asyncio.sleep(0)
        assert time.monotonic() - started < 1.0
        return await receive(journald, 2000)

    with journald:
        texts = asyncio.run(run())
    assert texts == [b"MESSAGE=%d" % number for number in range(2000)]


def test_what_is_lost_is_counted(
    tmp_path: Path, journald: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_socket, "MAX_WAITING", 5)

    async def run() -> list[bytes]:
        ours = journal(tmp_path)
        for number in range(1000):
            ours.send(Priority.INFO, f"{number}", {})
        return await receive(journald, 6)

    with journald:
        texts = asyncio.run(run())
    assert texts[0] == b"MESSAGE=warning: 995 log records were lost"
    assert texts[1:] == [b"MESSAGE=%d" % number for number in range(5)]


def test_when_the_service_leaves_its_last_words_are_sent(
    tmp_path: Path, journald: socket.socket
) -> None:
    program = (
        "import asyncio, sys\n"
        "from postroom.systemd.journal import Priority, SystemJournal\n"
        "from postroom.systemd.journal_socket import JournalSocket\n"
        "async def main():\n"
        "    journal = SystemJournal('postfix/smtpd', 'mail', JournalSocket(sys.argv[1]))\n"
        "    journal.send(Priority.INFO, 'good bye', {})\n"
        "asyncio.run(main())\n"
    )
    with journald:
        command = [sys.executable, "-c", program, str(tmp_path / "socket")]
        subprocess.run(command, check=True, env={"PYTHONPATH": str(SERVICES)})
        assert journald.recv(4096).startswith(b"MESSAGE=good bye\n")


def test_a_journald_that_is_away_harms_nobody(tmp_path: Path) -> None:
    ours = SystemJournal("postfix/smtpd", "mail", JournalSocket(str(tmp_path / "nothing")))
    ours.send(Priority.INFO, "into the void", {})
