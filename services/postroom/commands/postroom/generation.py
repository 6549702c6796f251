"""Run the generator aside, to see what it would say to systemd."""

import re
import subprocess
from pathlib import Path

from postroom.config.problem import ConfigError

GENERATOR = ("/usr/bin/python3", "-I", "-B", "-m", "postroom_generator")
_SAID = re.compile(r"(?P<path>/[^:]*?)(?:, line (?P<line>[0-9]+))?: (?P<text>.*)", re.DOTALL)


class Rejected(ConfigError):
    """The configuration allows no units; the text says why."""


def generate(source: Path, directory: Path) -> None:
    """Units for the configuration in ``source`` into ``directory``; raises Rejected."""
    command = (*GENERATOR, str(source), str(directory))
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode != 0:
        raise _rejected(source, ran.stderr.strip())


def _rejected(source: Path, said: str) -> Rejected:
    """At the place that the generator names (config/problem.py), if it names one."""
    found = _SAID.fullmatch(said)
    if found is None:
        return Rejected(source, 0, said)
    return Rejected(Path(found["path"]), int(found["line"] or 0), found["text"])
