"""A mail filter that the test itself plays, for any mailer: it notes what it is told, and says what
its script has for the case that the sender's local part names (the null sender's is ``null``)."""

import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType

CONTINUE = (b"c",)
EVERYTHING = 0x1FF
# What it says to each letter; its own answer to the options is not among that.
Script = Mapping[bytes, tuple[bytes, ...]]


class ScriptedMilter:
    """Serves ``listener`` while it is entered. ``heard`` has, by case, letter and data of each
    packet from MAIL on."""

    def __init__(
        self, listener: socket.socket, scripts: Mapping[str, Script], *, steps: int = 0
    ) -> None:
        self.heard: dict[str, list[tuple[bytes, bytes]]] = {}
        self._listener = listener
        self._scripts = scripts
        self._options = struct.pack(">III", 6, EVERYTHING, steps)

    def __enter__(self) -> "ScriptedMilter":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        # Wakes who accepts, too; closing alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def macros(self, case: str, letter: bytes) -> list[dict[str, str]]:
        """What came before each event of this letter."""
        data = (text for heard, text in self.heard.get(case, ()) if heard == b"D")
        words = [text[1:-1].decode().split("\0") for text in data if text[:1] == letter]
        return [dict(zip(each[::2], each[1::2], strict=True)) for each in words]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        case = ""
        pending: list[tuple[bytes, bytes]] = []
        with suppress(OSError, struct.error), connection, connection.makefile("rb") as packets:
            while True:
                (length,) = struct.unpack(">I", packets.read(4))
                packet = packets.read(length)
                letter, data = packet[:1], packet[1:]
                pending.append((letter, data))
                if letter == b"M":
                    sender = data.partition(b"\0")[0].decode().strip("<>")
                    case = sender.partition("@")[0] or "null"
                if letter != b"D":
                    self.heard.setdefault(case, []).extend(pending)
                    pending = []
                for answer in self._answers(case, letter):
                    connection.sendall(struct.pack(">I", len(answer)) + answer)

    def _answers(self, case: str, letter: bytes) -> tuple[bytes, ...]:
        if letter == b"O":
            return (b"O" + self._options,)
        if letter in b"DAQK":
            return ()
        return self._scripts.get(case, {}).get(letter, CONTINUE)
