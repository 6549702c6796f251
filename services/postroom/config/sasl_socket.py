"""Where Dovecot answers: what smtpd_sasl_path comes to."""

import re
from collections.abc import Collection

from postroom.config.endpoint import BadServer, Endpoint, endpoint

# A path that can stand in a unit file without quoting.
_PLAIN = re.compile(r"/[A-Za-z0-9_.,+@/-]+", re.ASCII)
# Where Dovecot's configuration has its socket for Postfix by every guide, wherever our queue is.
_POSTFIX = "/var/spool/postfix"
_OURS = "/var/lib/postroom"


def sasl_socket(text: str, queue_directory: str, known_ports: Collection[str]) -> Endpoint:
    """``inet:host:port``, or a path with or without ``unix:``; a relative one begins in the
    queue's directory. Raises BadServer."""
    if text.startswith("inet:"):
        return endpoint(text, "", known_ports)
    begin = _POSTFIX if queue_directory.startswith(_OURS) else queue_directory
    found = endpoint(f"unix:{text.removeprefix('unix:')}", begin, known_ports)
    if not _PLAIN.fullmatch(found.path):
        raise BadServer(f'"{text}" is not the plain name of a socket')
    return found._replace(name=text)
