"""A transport whose bytes are encrypted: what a connection writes to once TLS is established."""

import asyncio
from typing import Any

from postroom.tls.client_channel import ClientChannel


class SealedTransport(asyncio.Transport):
    """Passes on to ``transport`` what ``channel`` makes of it.

    It shows nobody its socket: content must not go past the channel.
    """

    def __init__(self, transport: asyncio.Transport, channel: ClientChannel) -> None:
        super().__init__()
        self._transport = transport
        self._channel = channel

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._channel.send(bytes(data))
        self._transport.write(self._channel.take_output())

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def close(self) -> None:
        self._channel.close()
        self._transport.write(self._channel.take_output())
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()
