"""Write the manual pages that declarations and docstrings give: manuals DIRECTORY."""

import sys
from collections.abc import Iterable
from pathlib import Path

SERVICES = Path(__file__).resolve().parents[2] / "services"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SERVICES))

import daemons  # noqa: E402
import parameters  # noqa: E402

DATE = "November 29, 2026"


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(exist_ok=True)
    _write(directory / "postconf.5", parameters.page(DATE))
    for daemon in daemons.daemons(SERVICES):
        _write(directory / f"{daemon.page}.8", daemons.page(daemon, SERVICES, DATE))


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
