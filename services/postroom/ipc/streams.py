"""Streams to servers outside of the mail system, at a path or at a host and port."""

import asyncio
import os

# Of an answer that is read to its end mark; what is longer is none.
_LONGEST = 65_536

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unreachable(Exception):
    """Nobody answers there; the message is what the system says, for the log."""


async def open_streams(path: str, host: str, port: int, seconds: float) -> Streams:
    """To the socket at ``path`` if that is not empty; raises Unreachable, in time."""
    try:
        async with asyncio.timeout(seconds):
            if path:
                return await asyncio.open_unix_connection(path, limit=_LONGEST)
            return await asyncio.open_connection(host, port, limit=_LONGEST)
    except TimeoutError:
        raise Unreachable("Connection timed out") from None
    except OSError as error:
        text = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise Unreachable(text) from None
