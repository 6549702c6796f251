"""spawn runs its command for each client, on the client's connection, and not for ever."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom.config.pipe_command import BadCommand
from postroom.config.spawn_command import SpawnCommand, parse_spawn_command
from postroom.lookup.spawn.attendant import Attendant
from postroom.lookup.spawn.command import Command
from postroom.maillog.spawn import SpawnLog
from postroom.systemd.activity import Activity

Client = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


def attended(
    place: Path,
    script: str | None,
    clients: Callable[[Client], Awaitable[None]],
    *,
    time_limit: float = 10,
    process_limit: int = 10,
) -> list[str]:
    """What the log said while ``clients`` visited a spawn of that shell script."""
    journal = MemoryJournal()

    async def visit() -> None:
        path = str(place / "socket")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        listener.setblocking(False)
        argv = ("/bin/sh", "-c", script) if script else ()
        environment = {"PATH": "/usr/bin:/bin", "WORD": "hello"}
        command = Command(argv, environment, time_limit, SpawnLog(journal)) if argv else None
        activity = Activity()
        standing = asyncio.ensure_future(
            Attendant(command, process_limit, activity).stand(listener)
        )
        await clients(lambda: asyncio.open_unix_connection(path))
        while activity.busy:
            await asyncio.sleep(0.01)
        standing.cancel()
        listener.close()

    asyncio.run(visit())
    return journal.lines


async def said(client: Client, text: bytes = b"") -> bytes:
    reader, writer = await client()
    writer.write(text)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def test_each_client_has_a_command_of_its_own(tmp_path: Path) -> None:
    answers: list[bytes] = []

    async def clients(client: Client) -> None:
        answers.extend(await asyncio.gather(said(client, b"one"), said(client, b"two")))

    assert attended(tmp_path, "cat; echo; echo $WORD; pwd; env | wc -l >&2", clients) == []
    assert answers == [b"one\nhello\n/\n3\n", b"two\nhello\n/\n3\n"]


def test_how_a_command_failed_is_told(tmp_path: Path) -> None:
    async def clients(client: Client) -> None:
        assert await said(client, b"3\n") == b""
        assert await said(client, b"9\n") == b""

    log = attended(tmp_path, "read n; test $n = 3 && exit 3; kill -$n $$", clients)
    # A client sees the end of its command before we do, so the second may be told first.
    assert sorted(log) == [
        "warning: command /bin/sh exit status 3",
        "warning: command /bin/sh killed by signal 9",
    ]


def test_a_command_that_takes_too_long_is_killed_and_all_that_it_started(tmp_path: Path) -> None:
    async def clients(client: Client) -> None:
        begun = time.monotonic()
        assert await said(client) == b"begun\n"
        assert time.monotonic() - begun < 5

    (line,) = attended(tmp_path, "echo begun; sleep 60 & sleep 60", clients, time_limit=0.3)
    assert line.startswith("warning: /bin/sh: process id ")
    assert line.endswith(": command time limit exceeded")


def test_no_more_run_at_a_time_than_the_line_allows(tmp_path: Path) -> None:
    running = tmp_path / "running"
    running.mkdir()
    most: list[bytes] = []

    async def clients(client: Client) -> None:
        most.extend(await asyncio.gather(*(said(client) for _ in range(6))))

    script = f"touch {running}/$$; sleep 0.1; ls {running} | wc -l; rm {running}/$$"
    attended(tmp_path, script, clients, process_limit=2)
    assert len(most) == 6
    assert max(map(int, most)) <= 2


def test_a_command_that_is_not_there_sends_the_client_away(tmp_path: Path) -> None:
    journal = MemoryJournal()
    ours, theirs = socket.socketpair()
    command = Command(("/nonexistent",), {}, 10, SpawnLog(journal))
    asyncio.run(command.run(ours))
    ours.close()
    assert theirs.recv(10) == b""
    theirs.close()
    assert journal.lines == ["warning: cannot execute /nonexistent: No such file or directory"]


def test_without_a_command_clients_are_sent_away(tmp_path: Path) -> None:
    async def clients(client: Client) -> None:
        assert await said(client) == b""

    assert attended(tmp_path, None, clients) == []


def test_a_line_names_user_and_command() -> None:
    command = parse_spawn_command(("user=nobody:mail", "argv=/bin/x", "user=y", "$z"))
    assert command == SpawnCommand("nobody", ("/bin/x", "user=y", "$z"), "mail")


@pytest.mark.parametrize(
    "words",
    [("argv=/x",), ("user=a",), ("user=a", "argv="), ("x=y", "user=a")],
)
def test_what_is_no_line_of_spawn_s_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(BadCommand):
        parse_spawn_command(words)
