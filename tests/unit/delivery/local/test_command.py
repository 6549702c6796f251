"""A user's command gets the message, a time limit, and a judgement by its exit status."""

import time

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Message, Result, RunCommand
from postroom.delivery.local.command import argv_of, run_command

CONTENT = b"Subject: x\r\n\r\n..dot\r\n"


def run(command: str, content: bytes = CONTENT, limit: float = 20.0) -> Result:
    message = Message(b"Return-Path: <>\n", len(content))
    environment = {"PATH": "/usr/bin:/bin", "SENDER": "a@b"}
    task = RunCommand(argv_of(command), environment, "/", limit, message)
    return run_command(task, Content(0, data=content))


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
        ("/does/not/exist", "5.3.5"),
    ],
)
def test_the_exit_status_decides(command: str, code: str) -> None:
    assert run(command).code == code


def test_only_a_command_that_needs_a_shell_gets_one() -> None:
    assert argv_of("/usr/bin/vacation alice") == ("/usr/bin/vacation", "alice")
    assert argv_of("cat > $HOME/x") == ("/bin/sh", "-c", "cat > $HOME/x")


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
