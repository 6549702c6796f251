"""The configuration that a command goes by: that of the mail system which it asks.

Postfix finds the queue of an instance by the directory that -c, sendmail's -C or MAIL_CONFIG
names. Here that is /etc/postroom, or /etc/postroom-NAME for a further instance; what is meant for
another must not end up in one of them.

For sendmail, too, so that it imports next to nothing.
"""

from posix import environ, putenv, stat

from postroom import instance
from postroom.instance import PRIMARY, instance_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def asked_for(options: "Iterable[tuple[str, str]]" = ()) -> str:
    """The directory that the last -c among getopt's pairs names, or else the environment."""
    named = [value for option, value in options if option == "-c"]
    return named[-1] if named else environ.get(b"MAIL_CONFIG", b"").decode("utf-8", "replace")


def go_by(directory: str) -> str:
    """From now on this process, and what it starts, asks the mail system configured there.

    Empty, or why not. The first one may go by any name; it is the one where none is given.
    """
    if directory in ("", instance.PRIMARY_DIRECTORY):
        return ""
    if complaint := unreadable(directory):
        return complaint
    if instance_of(directory) != PRIMARY:
        choose(directory.rstrip("/"))
        return ""
    if _identity(directory) == _identity(instance.PRIMARY_DIRECTORY):
        choose(instance.PRIMARY_DIRECTORY)
        return ""
    return f"{directory}: no mail system runs with it, only with {instance.PRIMARY_DIRECTORY}"


def choose(directory: str) -> None:
    """From now on MAIL_CONFIG is this directory, for os.environ, too, which has the same
    dictionary."""
    environ[b"MAIL_CONFIG"] = directory.encode("utf-8", "surrogateescape")
    putenv(b"MAIL_CONFIG", environ[b"MAIL_CONFIG"])


def unreadable(directory: str) -> str:
    """Why there is no main.cf to be read, in Postfix's words; empty where there is one."""
    try:
        stat(f"{directory}/main.cf")
    except OSError as error:
        return f"open {directory}/main.cf: {error.strerror}"
    return ""


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
