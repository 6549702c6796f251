"""Debian packages to look into: downloaded once, never installed."""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from machine.places import BUILD
from machine.root import base_root


def downloaded(packages: Sequence[str]) -> Path:
    """A directory with the archives of these packages, of the same release as the machines."""
    directory = BUILD / "packages" / hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    if not directory.is_dir():
        unfinished = directory.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _download(packages, unfinished)
        unfinished.rename(directory)
    return directory


def _download(packages: Sequence[str], directory: Path) -> None:
    state = directory / "apt"
    for one in ("lists/partial", "archives/partial"):
        (state / one).mkdir(parents=True)
    (state / "status").touch()
    sources = base_root() / "etc/apt/sources.list"
    options = {
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::Cache": state,
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::trustedparts": sources.parent / "trusted.gpg.d",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], check=True, capture_output=True)
    subprocess.run([*apt, "download", *packages], cwd=directory, check=True, capture_output=True)
    shutil.rmtree(state)
