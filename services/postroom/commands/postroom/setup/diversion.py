"""Commands that become Postroom's, and whose they were before (dpkg-divert(1)).

At every moment there is a command of that name: the old one is kept under another name first, and
a link takes its place in one step; back in one step as well. dpkg installs what the old one's
package brings under the other name.
"""

import os
import subprocess
from pathlib import Path

from postroom.commands.postroom.manager import Failed

COMMANDS = {
    "/usr/sbin/sendmail": "sendmail",
    "/usr/lib/sendmail": "sendmail",
    "/usr/bin/mailq": "mailq",
    "/usr/bin/newaliases": "newaliases",
}
OURS = Path("/usr/lib/postroom")
_KEPT = ".before-postroom"


def foreign() -> tuple[str, ...]:
    """The commands that are not ours."""
    return tuple(path for path in COMMANDS if not _is_ours(Path(path)))


def divert(path: str) -> None:
    """Make one command ours; raises Failed or OSError."""
    kept = Path(path + _KEPT)
    _dpkg_divert("--divert", str(kept), "--no-rename", "--add", path)
    if os.path.lexists(path) and not os.path.lexists(kept):
        os.link(path, kept, follow_symlinks=False)
    aside = Path(f"{path}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(OURS / COMMANDS[path])
    aside.rename(path)


def restore(path: str) -> None:
    """The inverse; does nothing where it is not ours any more."""
    kept = Path(path + _KEPT)
    if os.path.lexists(kept):
        kept.rename(path)
    elif _is_ours(Path(path)):
        Path(path).unlink()
    _dpkg_divert("--divert", str(kept), "--no-rename", "--remove", path)


def _is_ours(path: Path) -> bool:
    return path.exists() and path.resolve().parent == OURS


def _dpkg_divert(*arguments: str) -> None:
    command = ("/usr/bin/dpkg-divert", "--quiet", "--local", *arguments)
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise Failed("commands are taken over by dpkg-divert, which is not here") from None
    if ran.returncode != 0:
        raise Failed(ran.stderr.strip())
