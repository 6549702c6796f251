"""A server that says what a test wants, and remembers what it was told."""

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unit.tls.keys import KEY, UNTIL_2060

HANG = "hang"
DROP = "drop"


@dataclass
class Session:
    """One connection as the server saw it: command lines, and the content between them."""

    commands: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    secured: bool = False


@dataclass
class Peer:
    """``replies`` maps the beginning of a command (``MAIL``, ``RCPT TO:<a@``, ``.``) to a reply.

    ``HANG`` answers nothing, ``DROP`` closes the connection. ``ends`` are the replies to the
    final dot (LMTP has several). With ``tls`` it has STARTTLS, or TLS at once in ``wrapper_mode``.
    """

    greeting: str = "220 mx.example ESMTP"
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 10000000", "8BITMIME", "DSN")
    replies: Mapping[str, str] = field(default_factory=dict)
    ends: tuple[str, ...] = ("250 2.0.0 Ok: queued as ABC",)
    name: str = "mx.example"
    tls: ssl.SSLContext | None = None
    wrapper_mode: bool = False
    sessions: list[Session] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self, path: str = "", address: str = "127.0.0.1") -> None:
        if path:
            self._server = await asyncio.start_unix_server(self._serve, path)
        else:
            at_once = self.tls if self.wrapper_mode else None
            self._server = await asyncio.start_server(self._serve, address, self.port, ssl=at_once)
            self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._writers):
            writer.close()
        await asyncio.sleep(0)

    @property
    def contents(self) -> list[bytes]:
        return [content for session in self.sessions for content in session.contents]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session()
        self.sessions.append(session)
        self._writers.add(writer)
        try:
            await self._converse(session, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            if writer.transport is not None:  # as it is after a handshake that failed
                writer.close()

    async def _converse(
        self, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not await self._say(writer, self.greeting):
            return
        while line := await reader.readline():
            command = line.decode().rstrip("\r\n")
            session.commands.append(command)
            reply = self._reply(command)
            if not await self._say(writer, reply):
                return
            if command == "STARTTLS" and reply.startswith("220") and self.tls is not None:
                try:
                    await writer.start_tls(self.tls)
                except AttributeError:
                    return  # Python 3.11's way to say that the client is gone.
                session.secured = True
            if command == "DATA" and reply.startswith("354"):
                content = await _until_dot(reader)
                session.contents.append(content)
                for end in self.ends:
                    if not await self._say(writer, end):
                        return
            if command == "QUIT":
                return

    def _reply(self, command: str) -> str:
        for beginning, reply in self.replies.items():
            if command.startswith(beginning):
                return reply
        verb = command.split(" ", 1)[0].upper()
        if verb in {"EHLO", "LHLO"}:
            offered = ("STARTTLS",) if self.tls is not None and not self.wrapper_mode else ()
            lines = (f"{self.name} hello", *self.extensions, *offered)
            last = len(lines) - 1
            return "\r\n".join(f"250{'-' if n < last else ' '}{x}" for n, x in enumerate(lines))
        usual = {"DATA": "354 go", "QUIT": "221 bye", "STARTTLS": "220 go ahead"}
        return usual.get(verb, f"250 2.0.0 {self.name}")

    async def _say(self, writer: asyncio.StreamWriter, reply: str) -> bool:
        if reply == DROP:
            return False
        if reply == HANG:
            await asyncio.sleep(30)
            return False
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return True


async def _until_dot(reader: asyncio.StreamReader) -> bytes:
    lines: list[bytes] = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise ConnectionError
        lines.append(line)
    return b"".join(lines)


def server_context(certificate: str = UNTIL_2060, **limits: Any) -> ssl.SSLContext:
    """Of a server that shows ``certificate``; ``limits`` are attributes of the context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    descriptor = os.memfd_create("pem")
    os.write(descriptor, (KEY + certificate).encode())
    context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    os.close(descriptor)
    for name, value in limits.items():
        setattr(context, name, value)
    return context
