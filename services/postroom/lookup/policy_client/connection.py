"""The stream to a policy server: attributes out, an action in, an empty line behind each."""

import asyncio
import os

from postroom.ipc.streams import Unreachable, open_streams
from postroom.lookup.policy_client.settings import Server


class ServerTrouble(Exception):
    """A server is away, silent, or speaks nonsense; the message is for the log."""


class Connection:
    """One request at a time; ``asked`` counts them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.asked = 0
        now = asyncio.get_running_loop().time()
        self.opened = now
        self.last_used = now

    @classmethod
    async def open(cls, server: Server) -> "Connection":
        """Raises ServerTrouble."""
        try:
            return cls(*await open_streams(server.path, server.host, server.port, server.timeout))
        except Unreachable as error:
            raise ServerTrouble(str(error)) from None

    async def ask(self, attributes: tuple[str, ...], seconds: float) -> str:
        """The action; raises ServerTrouble."""
        lines = "".join(f"{line}\n" for line in attributes)
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(f"{lines}\n".encode("utf-8", "surrogateescape"))
                await self._writer.drain()
                answer = await self._reader.readuntil(b"\n\n")
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise ServerTrouble(_reason(error)) from None
        self.asked += 1
        self.last_used = asyncio.get_running_loop().time()
        return _action(answer.decode("utf-8", "replace"))

    def may_be_used_again(self, server: Server) -> bool:
        """Whether it is neither too old nor too long unused, and the server still there."""
        now = asyncio.get_running_loop().time()
        return (
            now - self.last_used < server.max_idle
            and now - self.opened < server.max_ttl
            and not 0 < server.request_limit <= self.asked
            and not self._reader.at_eof()
        )

    def close(self) -> None:
        self._writer.close()


def _action(answer: str) -> str:
    """What stands behind ``action=``; other attributes mean nothing."""
    for line in answer.splitlines():
        name, equals, value = line.partition("=")
        if name.strip() == "action" and equals:
            return value.strip()
    raise ServerTrouble("an answer without action")


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "Connection timed out"
    if isinstance(error, EOFError):
        return "Connection closed"
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(error)
