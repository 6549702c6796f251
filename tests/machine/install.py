"""Put the current tree into a machine: as the package an admin installs, or quickly over it."""

import os
import subprocess
import tempfile
from pathlib import Path

from machine.booted import Machine
from machine.places import BUILD, TREE, TREE_INSIDE
from machine.root import DEPENDENCIES

MODULES = "/usr/lib/python3/dist-packages"
# Tree folder: where the package puts what is in it.
COPIES = {
    "services/postroom": f"{MODULES}/postroom",
    "generators/postroom_generator": f"{MODULES}/postroom_generator",
    "generators/postroom-generator": "/usr/lib/systemd/system-generators/postroom-generator",
    "units": "/usr/share/postroom/units",
    "conf": "/usr/share/postroom/conf",
}
# Recommended by the package; apt leaves recommendations out here (root.py).
RECOMMENDED = ("python3-lmdb", "python3-uvloop")


def build_package() -> Path:
    """Build the .debs from the tree into a directory, which is returned; raises
    CalledProcessError."""
    return built("deb")


def built(kind: str, *options: str) -> Path:
    """The directory in which packaging/build-``kind`` leaves its packages, beside its own words
    (build.log); raises CalledProcessError."""
    BUILD.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=BUILD))
    with (place / "build.log").open("w") as log:
        subprocess.run(
            [TREE / f"packaging/build-{kind}", place, *options],
            check=True,
            env=os.environ | {"DEB_BUILD_OPTIONS": "nocheck"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return place


def install_package(machine: Machine, package: Path, *names: str) -> str:
    """apt's own way, dependencies from the machine's package cache; returns what apt said."""
    names = names or ("postroom", "postroom-mta")
    for name in names:
        (deb,) = package.glob(f"{name}_*_all.deb")
        machine.put(deb, f"/root/{name}.deb")
    debs = [f"/root/{name}.deb" for name in names]
    return machine.run("apt-get", "install", "-y", "-q", *debs, *RECOMMENDED)


def sync(machine: Machine) -> None:
    """Copy the tree over what is installed and let systemd and every service see it.

    For trying an edit: takes two seconds, and skips what only a package does (users, conffiles).
    """
    if machine.attempt("python3", "-c", "import msgspec, jinja2").returncode:
        machine.run("apt-get", "install", "-y", "-q", *DEPENDENCIES)
    for source, target in COPIES.items():
        if (TREE / source).exists():
            machine.sh(f"mkdir -p {Path(target).parent}; rm -rf {target}")
            machine.run("cp", "-r", f"{TREE_INSIDE}/{source}", target)
    machine.sh(f"cp {TREE_INSIDE}/packaging/sbin/* /usr/lib/postroom/")
    machine.sh(f"find {MODULES}/postroom* -name __pycache__ -prune -exec rm -r {{}} +")
    machine.run(
        "python3", "-m", "compileall", "-q", f"{MODULES}/postroom", f"{MODULES}/postroom_generator"
    )
    machine.run("systemctl", "daemon-reload")
    machine.attempt("systemctl", "stop", "postroom-*.service")
