"""Where Dovecot answers: what smtpd_sasl_path comes to."""

import re
from pathlib import PurePosixPath

# A path that can stand in a unit file without quoting.
_PLAIN = re.compile(r"/[A-Za-z0-9_.,+@/-]+", re.ASCII)
_INET = re.compile(r"inet:(.+):([0-9]{1,5})", re.ASCII)
# Where Dovecot's configuration has its socket for Postfix by every guide, wherever our queue is.
_POSTFIX = PurePosixPath("/var/spool/postfix")
_OURS = "/var/lib/postroom"


class BadSocket(ValueError):
    """A text that is no socket."""


def sasl_socket(text: str, queue_directory: str) -> PurePosixPath | tuple[str, int]:
    """A path, or a host and a port; raises BadSocket. A relative path begins in the queue's."""
    if text.startswith("inet:"):
        match = _INET.fullmatch(text)
        if match is None or not 0 < int(match[2]) < 65536:
            raise BadSocket(f'"{text}" has no host or no port')
        return match[1].removeprefix("[").removesuffix("]"), int(match[2])
    begin = _POSTFIX if queue_directory == _OURS else PurePosixPath(queue_directory)
    path = begin / text.removeprefix("unix:")
    if not _PLAIN.fullmatch(str(path)):
        raise BadSocket(f'"{text}" is not the plain name of a socket')
    return path
