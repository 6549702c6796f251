"""Run the generator aside, to see what it would say to systemd."""

import subprocess
from pathlib import Path

GENERATOR = ("/usr/bin/python3", "-I", "-B", "-m", "postroom_generator")


class Rejected(Exception):
    """The configuration allows no units; the text says why."""


def generate(source: Path, directory: Path) -> None:
    """Units for the configuration in ``source`` into ``directory``; raises Rejected."""
    command = (*GENERATOR, str(source), str(directory))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise Rejected(ran.stderr.strip())
