"""The RPM packages of the tree, for a machine with Fedora's places and Debian's Python."""

import os
import subprocess
import tempfile
from pathlib import Path

from machine import Machine
from machine.install import RECOMMENDED
from machine.places import BUILD, TREE
from machine.root import DEPENDENCIES

# Where Fedora has Python's modules, and Debian none.
MODULES = "/usr/lib/python3.13/site-packages"
INSTALLED = ("libpcre2-8-0", "rpm", *DEPENDENCIES, *RECOMMENDED)


def build(release: str = "") -> Path:
    """A directory with the packages; ``release`` makes them later ones."""
    place = Path(tempfile.mkdtemp(prefix="rpm-", dir=BUILD))
    # Debian's rpm knows nothing of what Debian's packages have brought.
    options = ["--nodeps", "--without", "tests", "--define", f"python3_sitelib {MODULES}"]
    if release:
        options += ["--define", f"dist {release}"]
    with (place / "build.log").open("w") as log:
        subprocess.run(
            [TREE / "packaging/build-rpm", place, *options],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return place


def binaries(place: Path) -> list[Path]:
    return sorted(place.glob("*.noarch.rpm"))


def machine_for_rpm() -> Machine:
    return Machine(f"story-rpm-{os.getpid()}", "host.example.com")


def prepare(machine: Machine) -> None:
    machine.run("apt-get", "install", "-y", "-q", *INSTALLED)
    machine.write("/usr/lib/python3/dist-packages/fedora.pth", f"{MODULES}\n")
    # Fedora's package "setup" brings it.
    machine.write("/etc/aliases", "postmaster: root\n")
    machine.add_user("alice")


def install(machine: Machine, place: Path) -> None:
    """As dnf would, but for what is required of other packages, which Debian's dpkg knows."""
    names = [f"/root/{package.name}" for package in binaries(place)]
    for package, name in zip(binaries(place), names, strict=True):
        machine.put(package, name)
    done = machine.attempt("rpm", "-U", "--nodeps", *names)
    # A script that fails is a warning only.
    assert (done.returncode, "scriptlet" in done.stderr) == (0, False), done.stderr
