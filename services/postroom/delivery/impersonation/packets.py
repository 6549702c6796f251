"""Messages between the processes of one agent: whole packets, each with its descriptors."""

import array
import os
import socket
from collections.abc import Iterable, Iterator

import msgspec

# AF_UNIX packets may be 212,960 bytes long; the largest content inside a request is smaller.
MAX_PACKET = 200_000
# Of values in one packet, with room for the framing of as many as there may be.
MAX_BATCH_BYTES = 190_000
MAX_DESCRIPTORS = 16


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(sock: socket.socket, packet: bytes, *descriptors: int) -> None:
    """Send one packet; the caller keeps its descriptors."""
    rights = array.array("i", descriptors)
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else []
    sock.sendmsg([packet], ancillary)


def receive(sock: socket.socket) -> tuple[bytes, list[int]]:
    """One packet and its descriptors; an empty one means that the other side is gone."""
    packet, descriptors, flags, _ = socket.recv_fds(sock, MAX_PACKET, MAX_DESCRIPTORS)
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        for descriptor in descriptors:
            os.close(descriptor)
        raise OSError(90, "a packet longer than any of ours")
    return packet, list(descriptors)


def batch(values: Iterable[bytes]) -> bytes:
    """One packet of values that are encoded already: their tuple."""
    return msgspec.msgpack.encode([msgspec.Raw(value) for value in values])


def batched(values: Iterable[bytes]) -> Iterator[bytes]:
    """As few packets as hold all values."""
    held: list[bytes] = []
    size = 0
    for value in values:
        if held and size + len(value) > MAX_BATCH_BYTES:
            yield batch(held)
            held, size = [], 0
        held.append(value)
        size += len(value)
    if held:
        yield batch(held)
