"""A user's command gets the message, a time limit, and a judgement by its exit status."""

import os
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from poor_user import as_poor_user
from postroom.delivery.command.running import run_commands
from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Message, Result, RunCommand
from postroom.delivery.impersonation.worker import Job

CONTENT = b"Subject: x\r\n\r\n..dot\r\n"


def run(command: str, content: bytes = CONTENT, limit: float = 20.0, **more: Any) -> Result:
    message = Message(b"Return-Path: <>\n", len(content))
    environment = {"PATH": "/usr/bin:/bin", "SENDER": "a@b"}
    argv = (command,) if command.startswith("/") else ("/bin/sh", "-c", command)
    more = {"directory": "/", "time_limit": limit, "success": "done", **more}
    task = RunCommand("it", argv, environment, message=message, **more)
    (result,) = run_commands([Job(task, Content(0, data=content))])
    return result


def test_the_message_is_on_the_command_s_input_in_local_form() -> None:
    assert run("cat; exit 65").text.endswith("Command output: Return-Path: <> Subject: x  .dot")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("true", "2.0.0"),
        ("exit 75", "4.3.0"),
        ("exit 67", "5.1.1"),
        ("exit 77", "5.7.0"),
        ("exit 1", "5.3.0"),
        ("kill -9 $$", "4.3.0"),
        ("/does/not/exist", "4.3.0"),
        ("echo 5.7.99 no; exit 75", "5.7.99"),
        ("echo 4.7.99; exit 67", "4.7.99"),
        ("echo 5.7.99 no", "2.0.0"),
        ("echo ' 4.7.99 no'; exit 67", "5.1.1"),
    ],
)
def test_the_exit_status_decides(command: str, code: str) -> None:
    assert run(command).code == code


def test_the_log_hears_what_the_command_says() -> None:
    assert run("echo so; exit 69").text == "service unavailable. Command output: so"
    assert run("echo so; exit 3").text == 'Command died with status 3: "it". Command output: so'
    assert run("echo 5.7.99 no; exit 75").text == "no"
    assert run("echo so").text == "done"
    assert run("echo so", output_on_success=True).text == "done (so)"


def test_a_directory_that_is_missing_matters_only_where_it_is_needed() -> None:
    assert run("true", limit=5).code == "2.0.0"
    away = run("true", directory_needed=True, directory="/does/not/exist")
    assert away.code == "4.3.0"


def test_a_file_that_gets_too_large_is_an_error_to_the_command_and_not_its_end(
    tmp_path: Path,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        result = run(f"head -c 2000 /dev/zero >{tmp_path}/file; echo went on; exit 73")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result.code == "5.2.0"
    assert result.text.endswith("File too large went on")
    assert (tmp_path / "file").stat().st_size == 1000


def test_the_environment_is_only_what_was_given() -> None:
    output = run("env | sort; exit 1").text
    assert "SENDER=a@b" in output
    assert "HOME=" not in output


def test_a_command_that_reads_nothing_or_little_is_no_error() -> None:
    assert run("true", b"x" * 5_000_000).code == "2.0.0"
    assert run("head -c 10 >/dev/null", b"x" * 5_000_000).code == "2.0.0"


def test_a_command_that_talks_much_is_cut_short_not_waited_for() -> None:
    told = run("head -c 5000000 /dev/zero | tr '\\0' y; exit 1").text
    assert 2000 < len(told) < 2100


def test_time_is_limited_for_the_command_and_its_children() -> None:
    start = time.monotonic()
    result = run("sleep 60 & sleep 60", limit=0.3)
    assert result.code == "5.3.0"
    assert "time limit" in result.text
    assert time.monotonic() - start < 10


def test_a_command_that_says_no_more_gets_the_whole_message(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert run(f"exec cat >{kept} 2>&1", b"x" * 5_000_000).code == "2.0.0"
    assert kept.stat().st_size > 5_000_000


def test_time_is_limited_for_a_command_that_says_no_more() -> None:
    start = time.monotonic()
    assert "time limit" in run("exec >&- 2>&-; sleep 60", limit=0.3).text
    assert time.monotonic() - start < 10


def test_a_message_that_cannot_be_read_to_its_end_is_not_taken_for_a_shorter_one(
    tmp_path: Path,
) -> None:
    """The command must not come to the end of its input."""
    kept = tmp_path / "kept"
    with (tmp_path / "short").open("wb+") as short:
        short.write(b"x" * 300_000)
        content = Content(400_000, descriptor=os.dup(short.fileno()))
    message = Message(b"", 400_000)
    argv = ("/bin/sh", "-c", f"cat >/dev/null; touch {kept}")
    task = RunCommand("it", argv, {"PATH": "/usr/bin:/bin"}, "/", 20.0, message, "done")
    (result,) = run_commands([Job(task, content)])
    content.close()
    assert result.code == "4.3.0"
    assert "too short" in result.text
    assert not kept.exists()


def test_without_room_for_a_process_the_mail_waits() -> None:
    def work() -> int:
        with pytest.raises(BlockingIOError):
            run("true")
        return 0

    assert as_poor_user(work) == 0
