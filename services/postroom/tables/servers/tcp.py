"""tcp:host:port tables: ``get key`` in a line, ``200 value``, ``500`` or ``400`` in a line back.

Blanks, controls and percent signs are written as %XX in both directions (tcp_table(5)).
"""

import re
import socket

from postroom.tables.servers.conversation import Conversation, Garbled
from postroom.tables.table import Table, TableError

# The protocol's bound on a reply, with its newline.
MAX_REPLY = 4096
_TO_QUOTE = re.compile(rb"[^!-$&-~]")
_QUOTED = re.compile(rb"%([0-9A-Fa-f]{2})?")


class TcpTable(Table):
    slow = True
    fixed_keys = False  # the server sees whole keys only, as they are written

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._server = Conversation(name, f"inet:{name.partition(':')[2]}")

    def lookup(self, key: str) -> str | None:
        question = b"get %s\n" % _quoted(key.encode("utf-8", "surrogateescape"))
        reply = self._server.ask(lambda server: _answer(server, question))
        code, text = reply[:4], reply[4:]
        if code == b"500 ":
            return None
        if code == b"200 ":
            return self._value(text)
        if code == b"400 ":
            raise TableError(f"{self.name}: server says: {text.decode('utf-8', 'replace')}")
        raise TableError(f"{self.name}: bad reply code {code!r}")

    def _value(self, text: bytes) -> str:
        """A NUL ends it, as it ends C's strings."""
        try:
            return _unquoted(text).partition(b"\0")[0].decode()
        except (Garbled, UnicodeDecodeError) as error:
            raise TableError(f"{self.name}: {error}") from None


def _answer(server: socket.socket, question: bytes) -> bytes:
    """The one line that comes back; raises Garbled."""
    server.sendall(question)
    reply = b""
    while not reply.endswith(b"\n"):
        data = server.recv(MAX_REPLY)
        reply += data
        if not data:
            raise Garbled("lost connection")
        if len(reply) > MAX_REPLY or b"\n" in reply[:-1]:
            raise Garbled("the reply is too long, or more than a line")
    return reply[:-1]


def _quoted(data: bytes) -> bytes:
    return _TO_QUOTE.sub(lambda match: b"%%%02X" % match[0][0], data)


def _unquoted(data: bytes) -> bytes:
    def byte(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            raise Garbled("malformed %XX in the reply")
        return bytes.fromhex(match[1].decode())

    return _QUOTED.sub(byte, data)
