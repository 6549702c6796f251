"""Run a command for a user, in a worker with the user's rights, the message on its input."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from postroom.delivery.content import Content
from postroom.delivery.impersonation.announcement import SHELL, command_name
from postroom.delivery.impersonation.tasks import Result, RunCommand
from postroom.delivery.impersonation.worker import Job
from postroom.esmtp.local_form import local_form

# What of a failed command's output a bounce message repeats.
MAX_OUTPUT = 1000
# sysexits.h, as Sendmail and Postfix understand a mailer's exit status: code and meaning.
_EXITS = {
    64: ("5.3.0", "command line usage error"),
    65: ("5.6.0", "data format error"),
    66: ("5.3.0", "cannot open input"),
    67: ("5.1.1", "user unknown"),
    68: ("5.1.2", "host name unknown"),
    69: ("5.3.0", "service unavailable"),
    70: ("5.3.0", "internal software error"),
    71: ("4.3.0", "system resource problem"),
    72: ("5.3.5", "critical OS file missing"),
    73: ("5.2.0", "can't create user output file"),
    74: ("5.3.0", "input/output error"),
    75: ("4.3.0", "temporary failure"),
    76: ("5.5.0", "remote error in protocol"),
    77: ("5.7.0", "permission denied"),
    78: ("5.3.5", "local configuration error"),
}
_SHELL_NEEDED = re.compile(r"[][|&;<>()$`\\\"'*?~=%\n{}#!^]")


def argv_of(command: str) -> tuple[str, ...]:
    """A full path with plain words behind it is started without a shell; the rest needs one."""
    if not command.startswith("/") or _SHELL_NEEDED.search(command):
        return (SHELL, "-c", command)
    return tuple(command.split())


def run_commands(jobs: Sequence[Job]) -> list[Result]:
    """One after the other; raises OSError."""
    return [run_command(job.task, job.content) for job in jobs]


def run_command(task: RunCommand, content: Content) -> Result:
    """Blocks until the command has ended, ``time_limit`` seconds at most; raises OSError."""
    try:
        process = subprocess.Popen(  # noqa: S603 - what the user wrote, with the user's rights
            task.argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=task.directory if os.access(task.directory, os.X_OK) else "/",
            env=task.environment,
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        return Result("5.3.5", f"cannot execute {task.argv[0]}: {error.strerror}")
    with _streams(process) as (stdin, stdout):
        output = _converse(stdin, stdout, task, content)
    if output is None:
        _kill(process)
        return Result("5.3.0", f'Command time limit exceeded: "{task.argv[-1]}"')
    return _result(task, process.wait(), output)


@contextmanager
def _streams(process: "subprocess.Popen[bytes]") -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    os.set_blocking(stdin.fileno(), False)
    with stdin, stdout:
        yield stdin, stdout


def _converse(
    stdin: IO[bytes], stdout: IO[bytes], task: RunCommand, content: Content
) -> str | None:
    """Feed the message and read what the command says; None when the time is over.

    A command need not read its input; what is left of it then is forgotten.
    """
    deadline = time.monotonic() + task.time_limit
    source = iter((task.message.heading, *local_form(content.pieces())))
    pending = memoryview(next(source))
    output = b""
    while True:
        rest = deadline - time.monotonic()
        writers = [] if stdin.closed else [stdin]
        readable, writable, _ = select.select([stdout], writers, [], max(rest, 0))
        if rest <= 0:
            return None
        if readable:
            piece = os.read(stdout.fileno(), 65_536)
            if not piece:
                return output.decode("utf-8", "replace")
            output = (output + piece)[:MAX_OUTPUT]
        if writable:
            pending = _feed(stdin.fileno(), pending)
            while not pending:
                piece = next(source, b"")
                if not piece:
                    stdin.close()
                    break
                pending = memoryview(piece)


def _feed(descriptor: int, pending: memoryview) -> memoryview:
    try:
        return pending[os.write(descriptor, pending) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        return pending[:0]


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """The command and whatever it started in its session."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _result(task: RunCommand, status: int, output: str) -> Result:
    said = f". Command output: {output.strip()}" if output.strip() else ""
    name = command_name(task)
    if status == 0:
        return Result("2.0.0", f"delivered to command: {name}")
    if status < 0:
        return Result("4.3.0", f'Command died with signal {-status}: "{name}"{said}')
    code, meaning = _EXITS.get(status, ("5.3.0", f"Command died with status {status}"))
    if status not in _EXITS:
        return Result(code, f'{meaning}: "{name}"{said}')
    return Result(code, f"{meaning}{said}")
