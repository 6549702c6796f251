"""Names of units and sockets for the services of master.cf."""

import string
from collections.abc import Iterable

# systemd.unit(5), "String escaping for inclusion in unit names".
_PLAIN = frozenset(string.ascii_letters + string.digits + ":_.")


def unit_name(instance: str, program: str, service: str) -> str:
    """The unit of a service without its suffix: ``postroom-cleanup``, ``postroom-smtpd@smtp``."""
    if service == program:
        return f"{instance}-{program}"
    return f"{instance}-{program}@{escape(service)}"


def escape(text: str) -> str:
    """``systemd-escape`` of ``text``, byte by byte."""
    return "".join(_escaped(text.encode("utf-8", "surrogateescape")))


def _escaped(raw: bytes) -> Iterable[str]:
    for position, byte in enumerate(raw):
        character = chr(byte)
        if character == "/":
            yield "-"
        elif character in _PLAIN and not (position == 0 and character == "."):
            yield character
        else:
            yield f"\\x{byte:02x}"
