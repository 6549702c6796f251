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

from postroom.delivery.command.exit_status import EXITS
from postroom.delivery.command.input import command_input
from postroom.delivery.content import Content, ContentLost
from postroom.delivery.impersonation.tasks import Result, RunCommand
from postroom.delivery.impersonation.worker import Job
from postroom.maillog.record import MAX_TEXT

# What of a failed command's output a bounce message repeats; a line in the log has no more room.
MAX_OUTPUT = MAX_TEXT
# The enhanced status code that a command's output may begin with (RFC 3463).
_STATUS = re.compile(r"([45]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")
# Its lines are one in the log, and in a status report.
_ONE_LINE = str.maketrans("\t\n", "  ")
# What of a command's output goes into the log when all went well.
_MAX_SUCCESS = 100


def run_commands(jobs: Sequence[Job]) -> list[Result]:
    """One after the other; raises OSError."""
    return [run_command(job.task, job.content) for job in jobs]


def run_command(task: RunCommand, content: Content) -> Result:
    """Blocks until the command has ended, ``time_limit`` seconds at most; raises OSError."""
    try:
        process = _started(task)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        return Result("4.3.0", f"cannot execute {error.filename}: {error.strerror}")
    deadline = time.monotonic() + task.time_limit
    with _streams(process) as (stdin, stdout):
        try:
            output = _converse(stdin, stdout, command_input(task, content), deadline)
            status = process.wait(max(deadline - time.monotonic(), 0))
        except (TimeoutError, subprocess.TimeoutExpired):
            _kill(process)
            return Result("5.3.0", f'Command time limit exceeded: "{task.name}"')
        except ContentLost as error:
            # Before it sees an end of its input that is none.
            _kill(process)
            return Result("4.3.0", str(error))
    return _result(task, status, output.rstrip())


def _started(task: RunCommand) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - what the user wrote, with the user's rights
        task.argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=_directory(task),
        env=task.environment,
        start_new_session=True,
        # A file that grows too large (mailbox_size_limit) is an error to the command, as in
        # Postfix, and not the end of it.
        restore_signals=False,
    )


def _directory(task: RunCommand) -> str:
    """Somebody may have no home; a directory that the admin asked for has to be there."""
    if task.directory_needed or os.access(task.directory, os.X_OK):
        return task.directory
    return "/"


@contextmanager
def _streams(process: "subprocess.Popen[bytes]") -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    os.set_blocking(stdin.fileno(), False)
    with stdin, stdout:
        yield stdin, stdout


def _converse(stdin: IO[bytes], stdout: IO[bytes], source: Iterator[bytes], deadline: float) -> str:
    """Feed the message and read what the command says; raises TimeoutError.

    A command need not read its input; what is left of it then is forgotten. One that says no
    more may still be reading.
    """
    pending = memoryview(next(source, b""))
    output = b""
    while not (stdin.closed and stdout.closed):
        rest = deadline - time.monotonic()
        if rest <= 0:
            raise TimeoutError
        readers, writers = ([each] * (not each.closed) for each in (stdout, stdin))
        readable, writable, _ = select.select(readers, writers, [], rest)
        if readable:
            piece = os.read(stdout.fileno(), 65_536)
            output = (output + piece)[:MAX_OUTPUT]
            if not piece:
                stdout.close()
        if writable:
            pending = _feed(stdin.fileno(), pending)
            if not pending:
                pending = memoryview(next(source, b""))
            if not pending:
                stdin.close()
    return output.decode("utf-8", "replace").translate(_ONE_LINE)


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
    """The command's own words count more than its status, unless that is success (local(8))."""
    if status == 0:
        said = f" ({output[:_MAX_SUCCESS]})" if output and task.output_on_success else ""
        return Result("2.0.0", f"{task.success}{said}")
    said = f". Command output: {output}" if output else ""
    if status < 0:
        return Result("4.3.0", f'Command died with signal {-status}: "{task.name}"{said}')
    claimed = _STATUS.match(output)
    if claimed:
        return Result(claimed[1], output[claimed.end() :])
    if status in EXITS:
        code, meaning = EXITS[status]
        return Result(code, f"{meaning}{said}")
    return Result("5.3.0", f'Command died with status {status}: "{task.name}"{said}')
