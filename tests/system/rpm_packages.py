"""The RPM packages of the tree, for a machine with Fedora's places and Debian's Python."""

from pathlib import Path

from machine import Machine
from machine.install import RECOMMENDED, built
from machine.root import DEPENDENCIES

# Where Fedora has Python's modules, and Debian none.
MODULES = "/usr/lib/python3.13/site-packages"
INSTALLED = ("libpcre2-8-0", "rpm", *DEPENDENCIES, *RECOMMENDED)


def build(release: str = "") -> Path:
    """A directory with the packages; ``release`` makes them later ones."""
    later = ("--define", f"dist {release}") if release else ()
    # Debian's rpm knows nothing of what Debian's packages have brought.
    place = f"python3_sitelib {MODULES}"
    return built("rpm", "--nodeps", "--without", "tests", "--define", place, *later)


def binaries(place: Path) -> list[Path]:
    return sorted(place.glob("*.noarch.rpm"))


def prepare(machine: Machine) -> None:
    machine.run("apt-get", "install", "-y", "-q", *INSTALLED)
    machine.write("/usr/lib/python3/dist-packages/fedora.pth", f"{MODULES}\n")
    # Fedora's package "setup" brings it.
    machine.write("/etc/aliases", "postmaster: root\n")
    machine.add_user("alice")


def install(machine: Machine, place: Path) -> None:
    """As dnf would, but for what is required of other packages, which Debian's dpkg knows."""
    names = []
    for package in binaries(place):
        names.append(f"/root/{package.name}")
        machine.put(package, names[-1])
    done = machine.attempt("rpm", "-U", "--nodeps", *names)
    # A script that fails is a warning only.
    assert (done.returncode, "scriptlet" in done.stderr) == (0, False), done.stderr
