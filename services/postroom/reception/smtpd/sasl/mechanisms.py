"""Which of the server's mechanisms a client may use (smtpd_sasl_security_options)."""

from collections.abc import Collection, Iterable
from typing import Final

from postroom.reception.smtpd.sasl.dovecot_lines import Mechanism

# An option, and the property that a mechanism must not have.
_FORBIDDEN: Final = {
    "noplaintext": "plaintext",
    "noactive": "active",
    "nodictionary": "dictionary",
    "noanonymous": "anonymous",
}
# An option, and the property that a mechanism must have.
_WANTED: Final = {"forward_secrecy": "forward-secrecy", "mutual_auth": "mutual-auth"}
OPTIONS: Final = (*_FORBIDDEN, *_WANTED)
# Not to be announced, says the server.
_PRIVATE: Final = "private"


def allowed(mechanisms: Iterable[Mechanism], options: Collection[str]) -> tuple[str, ...]:
    """Names, in the server's order."""
    forbidden = {_PRIVATE, *(_FORBIDDEN[one] for one in options if one in _FORBIDDEN)}
    wanted = {_WANTED[one] for one in options if one in _WANTED}
    return tuple(
        one.name
        for one in mechanisms
        if not one.properties & forbidden and wanted <= one.properties
    )
