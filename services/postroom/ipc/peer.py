"""Who is at the other end of an AF_UNIX connection, by what the kernel knows (unix(7))."""

import array
import os
import socket
import struct
from typing import NamedTuple

_UCRED = struct.Struct("3i")
# Linux, asm-generic/socket.h; Python has no name for it yet.
_SO_PEERGROUPS = 59
# More than any part of this service has.
_MAX_GROUPS = 64


class Peer(NamedTuple):
    """Process and user when the connection was made.

    The ids of others than root and ourselves are 65534 where the unit has PrivateUsers=yes.
    """

    pid: int
    uid: int
    gid: int


def peer_of(sock: socket.socket) -> Peer:
    """SO_PEERCRED."""
    return Peer(*_UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)))


def is_colleague(sock: socket.socket) -> bool:
    """Whether the peer has one of our supplementary groups: those are for parts of this service
    to know each other by."""
    groups = array.array("I")
    try:
        size = _MAX_GROUPS * groups.itemsize
        groups.frombytes(sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, size))
    except OSError:
        return False
    return not set(os.getgroups()).isdisjoint(groups)
