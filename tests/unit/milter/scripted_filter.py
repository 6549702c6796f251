"""A mail filter that notes what it is told, and says what its script has for each event."""

import asyncio
import struct
from collections.abc import Mapping
from pathlib import Path

CONTINUE = (b"c",)
Script = Mapping[bytes, tuple[bytes, ...]]


class ScriptedFilter:
    """Listens at ``path``; ``heard`` has letter and data of each packet."""

    def __init__(
        self,
        path: Path,
        script: Script,
        *,
        version: int = 6,
        actions: int = 0x1FF,
        steps: int = 0,
        extra: bytes = b"",
    ) -> None:
        self.path = path
        self.heard: list[tuple[bytes, bytes]] = []
        self.sessions = 0
        self._script = script
        self._options = struct.pack(">III", version, actions, steps) + extra
        self._silent = _silenced(steps)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "ScriptedFilter":
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def told(self, letter: bytes) -> list[bytes]:
        return [data for heard, data in self.heard if heard == letter]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        try:
            while True:
                (length,) = struct.unpack(">I", await reader.readexactly(4))
                packet = await reader.readexactly(length)
                self.heard.append((packet[:1], packet[1:]))
                for answer in self._answers(packet[:1]):
                    if not answer:
                        writer.close()
                        return
                    writer.write(struct.pack(">I", len(answer)) + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answers(self, letter: bytes) -> tuple[bytes, ...]:
        if letter == b"O":
            return (b"O" + self._options,)
        if letter in b"DAQ" or letter in self._silent:
            return ()
        return self._script.get(letter, CONTINUE)


def _silenced(steps: int) -> bytes:
    bits = {0x80: b"L", 0x1000: b"C", 0x2000: b"H", 0x4000: b"M", 0x8000: b"R", 0x80000: b"B"}
    return b"".join(letter for bit, letter in bits.items() if steps & bit)
