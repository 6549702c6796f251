"""Read netstrings from a stream, with a bound on their length and on the time they take."""

import asyncio

from postroom.contracts.postdrop import MAX_NETSTRING, Malformed

# A program may think while it writes its message, but not for ever (main.cf: ipc_timeout).
SECONDS_PER_PIECE = 3600.0
_MAX_DIGITS = len(str(MAX_NETSTRING))


async def read_netstring(reader: asyncio.StreamReader) -> bytes:
    """The next one; raises Malformed, EOFError (asyncio.IncompleteReadError) or TimeoutError."""
    async with asyncio.timeout(SECONDS_PER_PIECE):
        try:
            prefix = await reader.readuntil(b":")
        except asyncio.LimitOverrunError:
            raise Malformed("no netstring") from None
        digits = prefix[:-1]
        if not digits.isdigit() or len(digits) > _MAX_DIGITS or int(digits) > MAX_NETSTRING:
            raise Malformed("no netstring")
        data = await reader.readexactly(int(digits) + 1)
    if data[-1:] != b",":
        raise Malformed("a netstring of another length")
    return data[:-1]
