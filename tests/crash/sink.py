"""The host mail is relayed to: a process of its own that writes down every letter it gets."""

import asyncio
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from crash.letters import number_in


class Sink:
    """Serves on ``listener`` until ``stop``."""

    def __init__(self, listener: socket.socket, record: Path) -> None:
        self._record = record
        with listener, record.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crash.sink", str(listener.fileno())],
                cwd=Path(__file__).parents[1],
                pass_fds=[listener.fileno()],
                stdout=output,
            )

    @property
    def arrived(self) -> Counter[int]:
        """How often each letter came; one for two recipients counts twice."""
        return Counter(int(number) for number in self._record.read_text().split())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


class _Handler:
    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        number = number_in(content if isinstance(content, bytes) else b"")
        for _recipient in envelope.rcpt_tos:
            print(number, flush=True)
        return "250 2.0.0 Ok"


async def _serve(listener: socket.socket) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(_Handler()), sock=listener)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(socket.socket(fileno=int(sys.argv[1]))))
