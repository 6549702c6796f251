"""A disk for a spool or for mailboxes: ext4 with a journal, whatever the tree itself lies on."""

import subprocess
from pathlib import Path

SIZE = 3 * 1024**3
# Room for 100,000 messages of Postfix, which have two files each, and then some.
INODES = 500_000


def ext4(image: Path) -> Path:
    """A new file system in an image file."""
    with image.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(
        ["mkfs.ext4", "-q", "-E", "lazy_itable_init=0", "-N", str(INODES), image], check=True
    )
    return image
