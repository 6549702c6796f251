"""One end of an AF_UNIX stream: frames in both directions, each with the descriptors it carries.

A frame is a header (length, serial, kind, number of descriptors) and a payload. Frames that
become ready in one turn of the event loop leave in one system call; a frame with descriptors
leaves in a call of its own, so that they arrive with its first byte (unix(7), SCM_RIGHTS).
"""

import array
import asyncio
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any

import msgspec

from postroom.ipc.contract import BrokenContract, TooLong

HEADER = struct.Struct(">IIBB")
# Room for MAX_CONTENT, an envelope of some thousand recipients, and framing.
MAX_FRAME = 8 * 1024 * 1024
MAX_DESCRIPTORS = 4
_READ_SIZE = 262_144
# What may wait to be sent before an owner that can wait should (``backlogged``).
MAX_BACKLOG = 1024 * 1024
_ANCILLARY_SIZE = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)
# As plain numbers: arithmetic with an enum's members costs more than the call they are for.
_CLOSE_ON_EXEC = int(socket.MSG_CMSG_CLOEXEC)
_TRUNCATED = int(socket.MSG_CTRUNC)
# Frames are made here, header and all: the encoder's own buffer grows by copying.
_encoder = msgspec.msgpack.Encoder()
_frame = bytearray(HEADER.size)
# Every wire reads into the same buffer, and has taken what it got before another one reads.
_BUFFER = memoryview(bytearray(_READ_SIZE))


class Kind(IntEnum):
    """What a frame is; a failure's payload is a text for the log.

    A server that is told to leave says LEAVING on each connection: what it was asked and is
    still asked there it answers, but a new conversation belongs to its successor.
    """

    QUESTION = 0
    ANSWER = 1
    FAILURE = 2
    LEAVING = 3


_KINDS = tuple(Kind)
FrameHandler = Callable[[Kind, int, bytes, list[int]], None]


class Wire:
    """Owns a connected, non-blocking socket until ``close``.

    ``on_frame`` gets kind, serial, payload and descriptors (its to close); ``on_close`` is
    called once, with the error or None, whichever side ended it; ``on_drain`` whenever the
    wire is no longer ``backlogged``. ``longest``: bytes of the largest frame to take.
    """

    def __init__(
        self,
        sock: socket.socket,
        on_frame: FrameHandler,
        on_close: Callable[[BaseException | None], None],
        on_drain: Callable[[], None] = lambda: None,
        longest: int = MAX_FRAME,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._on_frame = on_frame
        self._on_close = on_close
        self._on_drain = on_drain
        self._longest = longest
        self._incoming = bytearray()
        self._descriptors: deque[int] = deque()
        self._outgoing: deque[tuple[bytes, Sequence[int]]] = deque()
        self._unsent = 0
        self._flush_planned = False
        self._writing = False
        self._paused = False
        self._closed = False
        sock.setblocking(False)
        self._loop.add_reader(sock.fileno(), self._readable)

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def backlogged(self) -> bool:
        """The peer does not read what we send; more of it would only fill our memory."""
        return self._unsent > MAX_BACKLOG

    def send(self, kind: Kind, serial: int, value: Any, descriptors: Sequence[int] = ()) -> None:
        """Queue one frame; raises TooLong. Descriptors are duplicated here, so the caller keeps
        its own."""
        if not self._closed:
            _encoder.encode_into(value, _frame, HEADER.size)
            self._queue(kind, serial, descriptors)

    def send_text(self, kind: Kind, serial: int, text: str) -> None:
        """Queue one frame that is only for the log."""
        if not self._closed:
            _frame[HEADER.size :] = text.encode("utf-8", "replace")
            self._queue(kind, serial, ())

    def _queue(self, kind: Kind, serial: int, descriptors: Sequence[int]) -> None:
        length = len(_frame) - HEADER.size
        if length > MAX_FRAME:
            raise TooLong(f"a frame of {length} bytes")
        HEADER.pack_into(_frame, 0, length, serial, kind, len(descriptors))
        own = [os.dup(descriptor) for descriptor in descriptors] if descriptors else ()
        self._outgoing.append((bytes(_frame), own))
        self._unsent += len(_frame)
        if not self._flush_planned and not self._writing:
            self._flush_planned = True
            self._loop.call_soon(self._flush)

    def pause(self) -> None:
        """Read nothing more until ``resume``; the peer feels it when its buffer is full."""
        if not self._paused and not self._closed:
            self._paused = True
            self._loop.remove_reader(self._sock.fileno())

    def resume(self) -> None:
        if self._paused and not self._closed:
            self._paused = False
            self._loop.add_reader(self._sock.fileno(), self._readable)
            self._loop.call_soon(self._dispatch)

    def close(self, error: BaseException | None = None) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._sock.fileno())
        self._loop.remove_writer(self._sock.fileno())
        self._sock.close()
        _close_all(self._descriptors)
        self._descriptors.clear()
        for _, descriptors in self._outgoing:
            _close_all(descriptors)
        self._outgoing.clear()
        self._on_close(error)

    def _readable(self) -> None:
        try:
            size, ancillary, flags, _ = self._sock.recvmsg_into(
                (_BUFFER,), _ANCILLARY_SIZE, _CLOSE_ON_EXEC
            )
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self.close(error)
            return
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                self._keep_descriptors(payload)
        if flags & _TRUNCATED or len(self._descriptors) > 64 * MAX_DESCRIPTORS:
            self.close(BrokenContract("more descriptors than a frame may carry"))
        elif not size:
            self.close()
        elif self._incoming:
            self._incoming += _BUFFER[:size]
            self._dispatch()
        else:
            self._incoming += self._frames(_BUFFER[:size])

    def _keep_descriptors(self, payload: bytes) -> None:
        received = array.array("i")
        received.frombytes(payload[: len(payload) - len(payload) % received.itemsize])
        self._descriptors.extend(received)

    def _dispatch(self) -> None:
        if self._incoming and not self._paused:
            incoming, self._incoming = self._incoming, bytearray()
            self._incoming += self._frames(memoryview(incoming))

    def _frames(self, data: memoryview) -> memoryview:
        """Pass on all frames that ``data`` begins with; what is left has to wait."""
        start, size = 0, len(data)
        try:
            while not self._paused and not self._closed and size - start >= HEADER.size:
                length, serial, kind, count = HEADER.unpack_from(data, start)
                if length > self._longest or kind > Kind.LEAVING or count > MAX_DESCRIPTORS:
                    raise BrokenContract("malformed frame header")
                end = start + HEADER.size + length
                if size < end:
                    break
                payload = bytes(data[start + HEADER.size : end])
                start = end
                self._on_frame(_KINDS[kind], serial, payload, self._take(count) if count else [])
            if start == size and self._descriptors and not self._paused:
                raise BrokenContract("descriptors that belong to no frame")
        except BrokenContract as error:
            self.close(error)
        return data[size if self._closed else start :]

    def _take(self, count: int) -> list[int]:
        if count > len(self._descriptors):
            raise BrokenContract("a frame lacks the descriptors it announces")
        return [self._descriptors.popleft() for _ in range(count)]

    def _flush(self) -> None:
        self._flush_planned = False
        was_backlogged = self.backlogged
        self._send_what_goes()
        if was_backlogged and not self.backlogged and not self._closed:
            self._on_drain()

    def _send_what_goes(self) -> None:
        while self._outgoing and not self._closed:
            data, descriptors = self._next_batch()
            try:
                sent = self._transmit(data, descriptors)
            except (BlockingIOError, InterruptedError):
                self._outgoing.appendleft((data, descriptors))
                self._await_writable()
                return
            except OSError as error:
                _close_all(descriptors)
                self.close(error)
                return
            _close_all(descriptors)
            self._unsent -= sent
            if sent < len(data):
                self._outgoing.appendleft((data[sent:], ()))
                self._await_writable()
                return
        if self._writing and not self._closed:
            self._writing = False
            self._loop.remove_writer(self._sock.fileno())

    def _next_batch(self) -> tuple[bytes, Sequence[int]]:
        data, descriptors = self._outgoing.popleft()
        if descriptors or not self._outgoing:
            return data, descriptors
        batch = [data]
        size = len(data)
        while self._outgoing and not self._outgoing[0][1] and size < _READ_SIZE:
            data, _ = self._outgoing.popleft()
            batch.append(data)
            size += len(data)
        return b"".join(batch), ()

    def _transmit(self, data: bytes, descriptors: Sequence[int]) -> int:
        if not descriptors:
            return self._sock.send(data)
        rights = array.array("i", descriptors)
        return self._sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def _await_writable(self) -> None:
        if not self._writing:
            self._writing = True
            self._loop.add_writer(self._sock.fileno(), self._flush)


def _close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
