"""A disk for a spool: ext4 with a journal, whatever the tree itself lies on."""

import subprocess
from pathlib import Path

SIZE = 3 * 1024**3


def ext4(image: Path) -> Path:
    """A new file system in an image file."""
    with image.open("wb") as file:
        file.truncate(SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0", image], check=True)
    return image
