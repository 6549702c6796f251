"""What systemd itself says about the units (systemd-analyze(1))."""

import os
import re
import subprocess
from pathlib import Path

LIMIT = 1.0
_EXPOSURE = re.compile(r"Overall exposure level for .*: ([0-9.]+)")
LIMITS = {
    # Becomes its recipients and reaches their homes.
    "local": 1.3,
    # Runs any command of the admin's, which works on files and asks servers of this machine.
    "pipe": 1.3,
    # And changes the root before (chroot=): a capability and a system call.
    "pipe@jailed": 1.5,
    "spawn": 1.3,
}


def _analyze(units: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )


def _complaints(output: str) -> list[str]:
    """What is said about our units; other units of this machine are not ours to judge."""
    return [line for line in output.splitlines() if "postroom" in line]


def test_systemd_verifies_every_unit_without_a_word(units: Path) -> None:
    files = sorted(path for path in units.iterdir() if path.is_file())
    assert files
    verified = _analyze(units, "verify", "--man=no", *files)
    assert _complaints(verified.stdout + verified.stderr) == []


def test_exposure_of_every_service_is_at_most_one(units: Path) -> None:
    judged = {path.name: _exposure(units, path) for path in units.glob("*.service")}
    too_much = {name: level for name, level in judged.items() if level > _limit(name)}
    assert too_much == {}


def _limit(service: str) -> float:
    name = service.removeprefix("postroom-").removesuffix(".service")
    return LIMITS.get(name, LIMITS.get(name.partition("@")[0], LIMIT))


def _exposure(units: Path, service: Path) -> float:
    judged = _analyze(units, "security", "--offline=yes", "--no-pager", service)
    found = _EXPOSURE.search(judged.stdout)
    assert found, judged.stderr
    return float(found[1])
