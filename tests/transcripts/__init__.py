"""Servers that behave badly, as dialogues: what they say, and what becomes of the mail.

``S:`` is what the server says (``L:`` without a CR), ``C:`` a command that it waits for, ``C: .``
content to its end; at ``X:`` it hangs up. ``=`` is what the log says of each recipient, in their
order; HOST is the server. The same dialogues are played to Debian's Postfix (tests/system).
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PLACE = Path(__file__).parent
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True)
class Transcript:
    """``steps`` are pairs of a letter and a text."""

    name: str
    recipients: int
    steps: tuple[tuple[str, str], ...]
    expected: tuple[str, ...]

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be the server; then be polite until the client leaves."""
        try:
            for letter, text in self.steps:
                if letter == "X":
                    return
                if letter == "C":
                    await _hear(reader, text)
                else:
                    writer.write(said(letter, text))
                    await writer.drain()
            while line := await reader.readline():
                writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def said(letter: str, text: str) -> bytes:
    """What the server sends."""
    line = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return line.encode("latin-1") + (b"\n" if letter == "L" else b"\r\n")


async def _hear(reader: asyncio.StreamReader, text: str) -> None:
    line = await reader.readline()
    while text == "." and line not in (b".\r\n", b""):
        line = await reader.readline()
    if not line:
        raise ConnectionError


def transcripts() -> Iterator[Transcript]:
    for path in sorted(_PLACE.glob("*.txt")):
        yield _read(path.stem, path.read_text("utf-8").splitlines())


def _read(name: str, lines: list[str]) -> Transcript:
    recipients, steps, expected = 1, [], []
    for line in lines:
        letter, _, text = line.partition(" ")
        if letter == "to:":
            recipients = int(text)
        elif letter == "=":
            expected.append(text)
        elif letter != "#":
            steps.append((letter.removesuffix(":"), text))
    return Transcript(name, recipients, tuple(steps), tuple(expected))
