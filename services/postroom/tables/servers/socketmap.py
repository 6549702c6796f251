"""socketmap:inet:host:port:name and socketmap:unix:/path:name tables (socketmap_table(5)).

A question is the netstring of ``name key``, an answer the netstring of a status and a text.
"""

import socket

from postroom.tables.servers.conversation import Conversation, Garbled
from postroom.tables.table import Table, TableError

# As main.cf's socketmap_max_reply_size has it by default: what a server may make us hold.
MAX_REPLY = 100_000
# Of a length that anybody could mean.
_MAX_DIGITS = 10
# What is asked of a socket at a time.
_PIECE = 65_536


class SocketmapTable(Table):
    """``max_reply``: how long an answer may be, with its status (bytes)."""

    slow = True
    fixed_keys = False  # the server sees whole keys only, as they are written

    def __init__(self, name: str, max_reply: int | None = None) -> None:
        super().__init__(name)
        self._max_reply = MAX_REPLY if max_reply is None else max_reply
        endpoint, _, self._map = name.partition(":")[2].rpartition(":")
        if not self._map:
            raise TableError(f"{name}: expected socketmap:inet:host:port:name or unix:/path:name")
        self._server = Conversation(name, endpoint)

    def lookup(self, key: str) -> str | None:
        question = f"{self._map} {key}".encode("utf-8", "surrogateescape")
        answer = self._server.ask(lambda server: _answer(server, question, self._max_reply))
        # A NUL ends an answer, as it ends C's strings.
        status, _, text = answer.partition("\0")[0].partition(" ")
        if status == "OK":
            return text
        if status == "NOTFOUND":
            return None
        if status in ("TEMP", "TIMEOUT", "PERM"):
            raise TableError(f"{self.name}: server says: {status.lower()} {text}")
        raise TableError(f"{self.name}: unknown reply status {status[:20]!r}")


def _answer(server: socket.socket, question: bytes, longest: int = MAX_REPLY) -> str:
    server.sendall(b"%d:%s," % (len(question), question))
    reply = _netstring(server, longest)
    try:
        return reply.decode()
    except UnicodeDecodeError:
        raise Garbled("the reply is no UTF-8") from None


def _netstring(server: socket.socket, longest: int) -> bytes:
    """One netstring, which is all there may be; raises Garbled."""
    received = b""
    while b":" not in received:
        if len(received) > _MAX_DIGITS or (received and not received.isdigit()):
            raise Garbled(f"netstring expected, got {received[:20]!r}")
        received += _some(server)
    digits, _, content = received.partition(b":")
    if not digits.isdigit() or len(digits) > _MAX_DIGITS:
        raise Garbled(f"netstring expected, got {digits[:20]!r}")
    if int(digits) > longest:
        raise Garbled(f"the reply is longer than {longest} bytes (socketmap_max_reply_size)")
    end = int(digits)
    while len(content) <= end:
        content += _some(server)
    if content[end:] != b",":
        raise Garbled("the netstring does not end with its comma")
    return content[:end]


def _some(server: socket.socket) -> bytes:
    data = server.recv(_PIECE)
    if not data:
        raise Garbled("lost connection")
    return data
