"""The stream to one filter: packets out, answers in, each within its time."""

import asyncio

from postroom.ipc.streams import Unreachable, open_streams
from postroom.milter.protocol import answers
from postroom.milter.protocol.answers import BadReply, Change, Verdict
from postroom.milter.protocol.numbers import Action, Answer, Step
from postroom.milter.protocol.packets import LENGTH, BadPacket, length_of, options, split_options
from postroom.milter.settings import Filter


class FilterTrouble(Exception):
    """A filter is away, silent, or speaks nonsense; the message is for the log."""


class BadAnswer(FilterTrouble):
    """A filter wants the client told what no server may say."""


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, filter_: Filter) -> "Connection":
        """Raises FilterTrouble."""
        try:
            seconds = filter_.connect_timeout
            streams = await open_streams(filter_.path, filter_.host, filter_.port, seconds)
        except Unreachable as error:
            raise FilterTrouble(str(error)) from None
        return cls(*streams)

    async def negotiate(
        self, version: int, actions: Action, steps: Step, seconds: float
    ) -> tuple[int, Action, Step, dict[int, list[str]]]:
        """Say what we can do; returns what the filter will use. Raises FilterTrouble."""
        self.send(options(version, actions, steps))
        code, data = await self._packet(seconds)
        try:
            if code != Answer.OPTIONS.value:
                raise BadPacket(f"an answer {code!r} to the options")
            return split_options(data)
        except BadPacket as error:
            raise FilterTrouble(str(error)) from None

    def send(self, packets: bytes) -> None:
        """Have packets leave, with what is sent next at the latest."""
        self._writer.write(packets)

    async def drained(self, seconds: float) -> None:
        """Return when the filter takes more; raises FilterTrouble."""
        try:
            async with asyncio.timeout(seconds):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise FilterTrouble(_reason(error)) from None

    async def answer(self, seconds: float) -> Verdict | Change:
        """The next thing the filter says; each sign of work gives it its time again."""
        while True:
            code, data = await self._packet(seconds)
            try:
                said = answers.read(code, data)
            except BadReply as error:
                raise BadAnswer(str(error)) from None
            except BadPacket as error:
                raise FilterTrouble(str(error)) from None
            if said is not None:
                return said

    async def _packet(self, seconds: float) -> tuple[bytes, bytes]:
        try:
            async with asyncio.timeout(seconds):
                await self._writer.drain()
                head = await self._reader.readexactly(LENGTH.size)
                packet = await self._reader.readexactly(length_of(head))
        except (OSError, EOFError, TimeoutError, BadPacket) as error:
            raise FilterTrouble(_reason(error)) from None
        return packet[:1], packet[1:]

    def close(self) -> None:
        self._writer.close()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, EOFError):
        return "it hung up"
    return str(error)
