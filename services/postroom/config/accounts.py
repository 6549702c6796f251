"""Users and groups as systemd will find them: it refuses those that have no entry, numbers too."""

from pathlib import Path

USERS = Path("/etc/passwd")
GROUPS = Path("/etc/group")


def entries(path: Path) -> dict[str, list[str]]:
    """The lines of passwd(5) or group(5) by name."""
    lines = path.read_text("utf-8", "surrogateescape").splitlines()
    return {line.partition(":")[0]: line.split(":") for line in lines if line.count(":") >= 3}


def groups_of(user: str) -> tuple[str, ...]:
    """The groups that an admin added ``user`` to."""
    return tuple(
        name for name, entry in sorted(entries(GROUPS).items()) if user in entry[3].split(",")
    )
