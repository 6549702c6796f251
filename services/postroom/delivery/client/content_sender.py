"""Content that lies in a file, on its way to the server: bounded memory, and no copy if it may."""

import asyncio
import os
from collections.abc import Callable, Iterator

from postroom.delivery.client.outgoing import Outgoing, end_of_data
from postroom.delivery.content import Content, ContentLost

# Bytes for one system call: few calls per message, and other connections get their turn.
_TURN = 524_288
# What comes last is a piece of its own.
_ENDS = (end_of_data(b""), end_of_data(b"x"))


class ContentSender:
    """Sends content and final dot over ``transport``, on which nothing else is written meanwhile.

    ``progress`` is called with their number whenever some bytes have left, ``sent`` when all is
    with the transport, ``lost`` with a reason when the content cannot be read. The final dot
    leaves ``dot_delay`` seconds after the rest.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        outgoing: Outgoing,
        progress: Callable[[int], None],
        sent: Callable[[], None],
        lost: Callable[[str], None],
        *,
        dot_delay: float,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._outgoing = outgoing
        self._progress = progress
        self._sent = sent
        self._lost = lost
        self._dot_delay = dot_delay
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False
        self._pieces: Iterator[bytes] = iter(())
        # A second descriptor of the socket, for the event loop keeps the first to itself.
        self._socket = -1
        self._position = self._left = 0

    def start(self) -> None:
        file = self._outgoing.unchanged_file()
        # A transport that encrypts has none for us.
        socket = self._transport.get_extra_info("socket")
        unfit = file is None or self._dot_delay > 0 or self._transport.get_write_buffer_size()
        if file is None or socket is None or unfit:
            self._send_pieces(self._outgoing.pieces())
            return
        self._position, self._left = file.offset, file.size
        self._socket = os.dup(socket.fileno())
        self._loop.add_writer(self._socket, self._send_file, file)

    def stop(self) -> None:
        """The connection is gone, or will be."""
        self._pieces = iter(())
        if self._timer is not None:
            self._timer.cancel()
        if self._socket >= 0:
            self._loop.remove_writer(self._socket)
            os.close(self._socket)
            self._socket = -1

    def pause(self) -> None:
        """The transport holds enough."""
        self._paused = True

    def resume(self) -> None:
        self._paused = False
        if self._socket < 0:
            self._go_on()

    def _send_file(self, file: Content) -> None:
        turn = min(self._left, _TURN)
        try:
            size = os.sendfile(self._socket, file.descriptor, self._position, turn)
        except BlockingIOError:
            return
        except ConnectionError:
            # The transport finds that out as well, and then tells everybody.
            self._loop.remove_writer(self._socket)
            return
        except OSError as error:
            self._fail(f"error reading message: {error.strerror}")
            return
        if size == 0:
            self._fail("error reading message: file is too short")
            return
        self._position += size
        self._left -= size
        self._progress(size)
        if self._left == 0:
            self.stop()
            self._send_pieces(iter((self._outgoing.end,)))

    def _send_pieces(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._go_on()

    def _go_on(self) -> None:
        try:
            while not self._paused and self._timer is None:
                piece = next(self._pieces, None)
                if piece is None:
                    self._sent()
                    return
                if self._dot_delay > 0 and piece in _ENDS:
                    self._timer = self._loop.call_later(self._dot_delay, self._send_end, piece)
                    return
                self._transport.write(piece)
                self._progress(len(piece))
        except ContentLost as error:
            self._fail(str(error))

    def _send_end(self, piece: bytes) -> None:
        self._timer = None
        self._transport.write(piece)
        self._progress(len(piece))
        self._go_on()

    def _fail(self, reason: str) -> None:
        self.stop()
        self._lost(reason)
