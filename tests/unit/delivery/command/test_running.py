"""A user's command gets the message, a time limit, and a judgement by its exit status."""

import time
from typing import Any

import pytest

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
    assert run("cat; exit 65").text.endswith("Command output: Return-Path: <>\nSubject: x\n\n.dot")


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


def test_the_environment_is_only_what_was_given() -> None:
    output = run("env | sort; exit 1").text
    assert "SENDER=a@b" in output
    assert "HOME=" not in output


def test_a_command_that_reads_nothing_or_little_is_no_error() -> None:
    assert run("true", b"x" * 5_000_000).code == "2.0.0"
    assert run("head -c 10 >/dev/null", b"x" * 5_000_000).code == "2.0.0"


def test_a_command_that_talks_much_is_cut_short_not_waited_for() -> None:
    assert len(run("head -c 5000000 /dev/zero | tr '\\0' y; exit 1").text) < 2000


def test_time_is_limited_for_the_command_and_its_children() -> None:
    start = time.monotonic()
    result = run("sleep 60 & sleep 60", limit=0.3)
    assert result.code == "5.3.0"
    assert "time limit" in result.text
    assert time.monotonic() - start < 10
