"""One of the mail systems on a machine (MULTI_INSTANCE_README): its name, and what goes by it.

The first is configured in /etc/postroom, a further one in /etc/postroom-NAME. The last part of
that path is the name of the instance, and that of its units and of its directories in /run and
/var/lib begin with it.

For sendmail, too, so that it imports next to nothing.
"""

from posix import environ

PRIMARY = "postroom"
PRIMARY_DIRECTORY = "/etc/postroom"


def instance_of(directory: str) -> str:
    """The name of the instance that is configured in ``directory``; the first one's where that is
    no place for a further one."""
    parent, _, name = directory.rstrip("/").rpartition("/")
    is_further = name.startswith(f"{PRIMARY}-") and f"{parent}/{PRIMARY}" == PRIMARY_DIRECTORY
    return name if is_further else PRIMARY


def configuration_directory() -> str:
    """Of the mail system that this process belongs to, or asks: as MAIL_CONFIG says."""
    return environ.get(b"MAIL_CONFIG", b"").decode("utf-8", "surrogateescape") or PRIMARY_DIRECTORY


def current() -> str:
    """The name of that mail system."""
    return instance_of(configuration_directory())


def target(instance: str) -> str:
    """The unit that starts and stops it."""
    return f"{instance}.target"


def run_directory(instance: str) -> str:
    """Where its sockets are."""
    return f"/run/{instance}"


def socket_path(instance: str, service: str) -> str:
    """The socket of a service by its name in master.cf."""
    return f"{run_directory(instance)}/{service}"


def queue_directory(instance: str) -> str:
    """Where the queue is unless main.cf says otherwise."""
    return f"/var/lib/{instance}"


def drop_directory(instance: str) -> str:
    """Where submitted mail waits until it is in the queue."""
    return f"/var/lib/{instance}-drop"
