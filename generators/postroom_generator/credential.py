"""Settings on one line of a unit file (systemd.exec(5), SetCredential=)."""

import string

# Everything else is escaped: what C escapes mean something in (\), what systemd expands (%),
# and all that is not printable ASCII. JSON itself neither starts nor ends with a space.
_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation + " ") - {"\\", "%"}
_ESCAPES = {byte: f"\\x{byte:02x}" for byte in range(256) if chr(byte) not in _PLAIN}


def escape(value: bytes) -> str:
    """``value`` in C escapes, so that systemd hands exactly these bytes to the service."""
    return value.decode("latin-1").translate(_ESCAPES)
