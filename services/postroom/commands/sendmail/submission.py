"""Hand a message to postdrop (contracts/postdrop), or leave it in the open maildrop.

Which of the two main.cf's submission_mode says; the open maildrop is there and writable, or not.
With as few imports as possible.
"""

import errno
import time
from _socket import AF_UNIX, SHUT_WR, SOCK_STREAM
from _socket import socket as new_socket
from posix import strerror

from postroom import instance
from postroom.commands.sendmail import open_maildrop
from postroom.contracts.postdrop import LET_IN, PIECE, POKE, Request, netstring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# While systemd restarts the socket, or its backlog is full, waiting beats failing a cron job.
_PATIENCE = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
# Far more than a job says while it runs. What is longer may take its time with a connection.
_AHEAD = 4 * 1024 * 1024
_TRANSIENT = (errno.EAGAIN, errno.ECONNREFUSED, errno.ENOENT)


class Refused(Exception):
    """postdrop does not take the message; ``code`` is an enhanced status code (RFC 3463)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class Unreachable(Exception):
    """postdrop cannot be asked, or gave no answer: it is unknown whether it has the message."""


class _NotLetIn(Exception):
    """The connection ended before anybody read what was sent: its socket was restarted."""


def socket_path() -> str:
    """Where postdrop answers."""
    return instance.socket_path(instance.current(), "postdrop")


def submit(request: Request, content: "Iterator[bytes]") -> None:
    """Returns once the message is on stable storage; raises Refused or Unreachable."""
    encoded = request.encode()
    if not (open_maildrop.is_open() and _leave(encoded, content)):
        _hand_over(encoded, content)


def _leave(encoded: bytes, content: "Iterator[bytes]") -> bool:
    """False, before anything was read, where a sandbox or the file system forbids it."""
    try:
        dropping = open_maildrop.Dropping()
    except OSError:
        return False
    try:
        dropping.leave(encoded, content)
    except OSError as error:
        raise Unreachable(strerror(error.errno or 0)) from None
    finally:
        dropping.close()
    _poke()
    return True


def _poke() -> None:
    """Have pickup look now; it looks from time to time anyway."""
    sock = new_socket(AF_UNIX, SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.connect(socket_path())
        sock.sendall(netstring(POKE))
    except OSError:
        return
    finally:
        sock.close()


def _hand_over(encoded: bytes, content: "Iterator[bytes]") -> None:
    try:
        answer = _call(encoded, _read_ahead(content), content)
    except OSError as error:
        raise Unreachable(strerror(error.errno or 0)) from None
    code, _, text = answer.partition(" ")
    if not code.startswith("2"):
        raise Refused(code, text)


def _read_ahead(content: "Iterator[bytes]") -> bytes:
    """What there is to send: a program may write for hours, as cron's jobs do, and a connection
    held for so long would be cut by a restart of postdrop, and keep the user's others waiting."""
    ahead = bytearray()
    for piece in content:
        ahead += piece
        if len(ahead) >= _AHEAD:
            break
    return bytes(ahead)


def _call(encoded: bytes, ahead: bytes, rest: "Iterator[bytes]") -> str:
    """Of ``rest`` nothing is read before somebody listens, and so all is there to be sent anew."""
    for pause in _PATIENCE:
        try:
            return _answer(encoded, ahead, rest)
        except _NotLetIn:
            time.sleep(pause)
    raise Unreachable("no answer")


def _answer(encoded: bytes, ahead: bytes, rest: "Iterator[bytes]") -> str:
    sock = _connect()
    try:
        _send(sock, encoded, ahead, rest)
        return _read(sock)
    finally:
        sock.close()


def _connect() -> new_socket:
    sock = new_socket(AF_UNIX, SOCK_STREAM)
    for pause in (*_PATIENCE, None):
        try:
            sock.connect(socket_path())
        except OSError as error:
            if error.errno not in _TRANSIENT or pause is None:
                sock.close()
                raise Unreachable(f"{socket_path()}: {strerror(error.errno or 0)}") from None
            time.sleep(pause)
        else:
            break
    return sock


def _send(sock: new_socket, encoded: bytes, ahead: bytes, rest: "Iterator[bytes]") -> None:
    """A refusal may come before all is sent; then the answer is there to be read."""
    try:
        sock.sendall(encoded)
        for start in range(0, len(ahead), PIECE):
            sock.sendall(netstring(ahead[start : start + PIECE]))
        for piece in rest:
            sock.sendall(netstring(piece))
        sock.sendall(netstring(b""))
        sock.shutdown(SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        return


def _read(sock: new_socket) -> str:
    """The answer; whatever postdrop does behind it is none of our time."""
    data = b""
    try:
        while not _is_whole(data.removeprefix(LET_IN)) and (piece := sock.recv(4096)):
            data += piece
    except ConnectionResetError:
        pass  # A refusal that came before all was read ends so.
    if not data:
        raise _NotLetIn
    answer = data.removeprefix(LET_IN)
    if not _is_whole(answer):
        raise Unreachable("no answer")
    return answer.partition(b":")[2][:-1].decode("utf-8", "replace")


def _is_whole(data: bytes) -> bool:
    length, colon, rest = data.partition(b":")
    return bool(colon) and length.isdigit() and len(rest) == int(length) + 1
