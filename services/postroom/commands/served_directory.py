"""The one configuration that a mail system runs with here, and what asks for another.

Postfix finds the queue of an instance by the directory that -c, sendmail's -C or MAIL_CONFIG
names. There is one queue here, and what is meant for another must not end up in it.

For sendmail, too, so that it imports next to nothing.
"""

from posix import environ, stat

DIRECTORY = "/etc/postroom"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def asked_for(options: "Iterable[tuple[str, str]]" = ()) -> str:
    """The directory that the last -c among getopt's pairs names, or else the environment."""
    named = [value for option, value in options if option == "-c"]
    return named[-1] if named else environ.get(b"MAIL_CONFIG", b"").decode("utf-8", "replace")


def objection(directory: str) -> str:
    """Why a command for the mail system that runs cannot go by this directory.

    Empty where it can: it is the one, by whichever name, or none was named.
    """
    if directory in ("", DIRECTORY):
        return ""
    if complaint := unreadable(directory):
        return complaint
    if _identity(directory) == _identity(DIRECTORY):
        return ""
    return f"{directory}: no mail system runs with it, only with {DIRECTORY}"


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
