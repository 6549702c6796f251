"""Dovecot's authentication service, made up: one user, and a challenge where none is brought."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

INTRODUCTION = (
    "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\n"
    "MECH\tSCRAM-SHA-256\tdictionary\tactive\tmutual-auth\nMECH\tANONYMOUS\tanonymous\n"
    "MECH\tEXTERNAL\nSPID\t1\nCUID\t1\nCOOKIE\tabc\nDONE\n"
)
PASSWORD = b"\0joe\0secret"


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


class AuthService:
    """``heard`` is what smtpd said; ``said_first`` may be changed before it comes."""

    def __init__(self) -> None:
        self.said_first = INTRODUCTION
        self.heard: list[list[str]] = []
        self.silent = False
        self.hang_up_at = ""
        self.failure = "\tuser=joe"
        self.connections = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        writer.write(self.said_first.encode())
        while line := (await reader.readline()).decode().rstrip("\n"):
            fields = line.split("\t")
            self.heard.append(fields)
            if fields[0] == self.hang_up_at:
                break
            if fields[0] in {"AUTH", "CONT"} and not self.silent:
                writer.write(self._answer(fields).encode())
        writer.close()

    async def end(self) -> None:
        """Hang up on everybody."""
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, fields: list[str]) -> str:
        response = fields[-1].removeprefix("resp=")
        response = "" if response == "=" else response
        if fields[0] == "AUTH" and response == fields[-1]:
            return f"CONT\t{fields[1]}\t\n"
        if base64.b64decode(response) == PASSWORD:
            return f"OK\t{fields[1]}\tuser=joe\n"
        return f"FAIL\t{fields[1]}{self.failure}\n"


@asynccontextmanager
async def auth_service(path: Path) -> AsyncIterator[AuthService]:
    service = AuthService()
    server = await asyncio.start_unix_server(service.serve, path)
    try:
        yield service
    finally:
        server.close()
        await service.end()
