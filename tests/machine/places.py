"""Where things are kept: big and reusable below .build/, small and running below /run."""

from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
BUILD = TREE / ".build"
ROOTS = BUILD / "roots"
DISKS = BUILD / "machines"

# A unix socket's path must stay below 108 bytes, however deep the tree was cloned.
RUNNING = Path("/run/postroom-machines")

# The tree as a machine sees it, read-only.
TREE_INSIDE = "/src"
