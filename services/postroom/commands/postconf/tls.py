"""postconf -T: the TLS library that the services use."""

from typing import TextIO

from postroom.commands.postconf.options import UsageError

KEY_ALGORITHMS = ("dsa", "ecdsa", "rsa")
"""Public keys that a certificate may have."""


def show(mode: str, out: TextIO) -> None:
    """Raises UsageError for a mode that is none."""
    if mode == "public-key-algorithms":
        out.writelines(f"{name}\n" for name in KEY_ALGORITHMS)
    elif mode in ("compile-version", "run-version"):
        from ssl import OPENSSL_VERSION  # noqa: PLC0415  which takes time, here alone

        out.write(f"{OPENSSL_VERSION}\n")
    else:
        raise UsageError(f"unknown 'postconf -T' mode: {mode}")
