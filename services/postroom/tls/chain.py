"""Private keys with their certificates, given to a context from memory.

Keys reach a service as credentials and may stand in one file with their certificates or in
another; OpenSSL reads both from files, so that it gets one that exists in memory only.
"""

import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.*?\r?\n-----END \1-----", re.DOTALL)


class BadChain(ValueError):
    """What should be a key with its certificates is not."""


def chain(key: bytes, certificates: bytes) -> bytes:
    """One chain of two files, which may be the same or hold more than their name says."""
    blocks = [one[0] for one in _BLOCK.finditer(key) if one[1].endswith(b"PRIVATE KEY")][:1]
    blocks += [one[0] for one in _BLOCK.finditer(certificates) if one[1] == b"CERTIFICATE"]
    return b"\n".join((*blocks, b""))


def chains(pem: bytes) -> tuple[bytes, ...]:
    """Split smtpd_tls_chain_files: each key begins a chain (postconf(5)); raises BadChain."""
    found: list[list[bytes]] = []
    for block in _BLOCK.finditer(pem):
        if block[1].endswith(b"PRIVATE KEY"):
            found.append([])
        if block[1].endswith(b"PARAMETERS"):
            continue
        if not found:
            raise BadChain("a certificate stands before its key")
        found[-1].append(block[0])
    if not found:
        raise BadChain("no private key in it")
    return tuple(b"\n".join((*chain, b"")) for chain in found)


def use_chain(context: ssl.SSLContext, pem: bytes) -> None:
    """A key and its certificates, the own one first; raises BadChain or ssl.SSLError."""
    if b"PRIVATE KEY-----" not in pem:
        raise BadChain("no private key in it")
    with _in_memory(pem) as path:
        # An encrypted key is no key for a service: nobody is there to type a password.
        context.load_cert_chain(path, password="")


def use_dh_parameters(context: ssl.SSLContext, pem: bytes) -> None:
    """smtpd_tls_dh1024_param_file; raises ssl.SSLError."""
    with _in_memory(pem) as path:
        context.load_dh_params(path)


@contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    """The path of a file that ends with its use."""
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
