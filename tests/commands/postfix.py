"""Postfix's own postconf, postmap and postalias, from the package that the test machines carry."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from machine.root import base_root

PACKAGES = ("postfix", "postfix-cdb", "postfix-lmdb", "postfix-pcre", "libcdb1", "liblmdb0")
# Postfix refuses to start without accounts of its own; these two every system has.
MAIN = """\
compatibility_level = 3.10
mail_owner = daemon
setgid_group = mail
daemon_directory = {unpacked}/usr/lib/postfix/sbin
meta_directory = {unpacked}/etc
shlib_directory = {unpacked}/usr/lib/postfix
"""


class Result(NamedTuple):
    """How a command ended. Postfix's hash files end in .db, ours in .cdb."""

    code: int
    out: str
    err: str


class Postfix:
    """Programs unpacked below ``directory``, run with the libraries of a machine's root."""

    def __init__(self, directory: Path) -> None:
        self._unpacked = directory
        root = base_root()
        for name in PACKAGES:
            (package,) = root.glob(f"var/cache/apt/archives/{name}_*.deb")
            subprocess.run(["dpkg-deb", "-x", package, directory], check=True)
        (self._loader,) = root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*")
        self._configure()

    def _configure(self) -> None:
        (types,) = self._unpacked.rglob("dynamicmaps.cf")
        (self._unpacked / "etc/dynamicmaps.cf").write_bytes(types.read_bytes())
        self.main_cf = MAIN.format(unpacked=self._unpacked)
        (self._unpacked / "etc/main.cf").write_text(self.main_cf)
        (self._unpacked / "etc/master.cf").touch()

    def command(self, program: str, place: str = "usr/sbin") -> list[str]:
        libraries = self._loader.parent
        own = self._unpacked / "usr/lib"
        path = f"{own}/postfix:{own}/{libraries.name}:{libraries}"
        binary = self._unpacked / place / program
        return [str(self._loader), "--argv0", program, "--library-path", path, str(binary)]

    def run(self, program: str, arguments: Sequence[str], cwd: Path, stdin: bytes = b"") -> Result:
        done = subprocess.run(
            [*self.command(program), *arguments],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            env={"MAIL_CONFIG": f"{self._unpacked}/etc"},
            check=False,
            timeout=60,
        )
        err = done.stderr.decode("utf-8", "surrogateescape").replace(".db", ".cdb")
        return Result(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), err)
