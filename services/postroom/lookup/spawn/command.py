"""One run of the command, for one client."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping

from postroom.maillog.spawn import SpawnLog


class Command:
    """What the line in master.cf says; runs as whoever this process is."""

    def __init__(
        self,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        time_limit: float,
        log: SpawnLog,
    ) -> None:
        self._argv = argv
        self._environment = dict(environment)
        self._time_limit = time_limit
        self._log = log

    async def run(self, client: socket.socket) -> None:
        """Returns when the command has ended."""
        client.setblocking(True)  # The command expects a plain stream.
        stream = client.fileno()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=stream,
                stdout=stream,
                stderr=stream,
                cwd="/",
                env=self._environment,
                start_new_session=True,
            )
        except OSError as error:
            self._log.cannot_run(self._argv[0], error.strerror or str(error))
            return
        # The client is to see the end of the stream when the command closes it.
        client.close()
        try:
            self._tell(await asyncio.wait_for(process.wait(), self._time_limit))
        except TimeoutError:
            self._log.time_limit_exceeded(self._argv[0], process.pid)
            # The command and whatever it started in its session.
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def _tell(self, status: int) -> None:
        if status < 0:
            self._log.killed(self._argv[0], -status)
        elif status > 0:
            self._log.exit_status(self._argv[0], status)
