"""Ask systemd: the few calls of systemctl(1) that postroom makes."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from postroom import instance

_AT_REST = ("inactive", "failed")


class Failed(Exception):
    """systemctl said no; the text is what it said."""


def target(source: Path) -> str:
    """The unit that starts and stops the mail system which is configured in ``source``."""
    return instance.target(instance.instance_of(str(source)))


def running() -> bool:
    """Whether systemd runs this machine (sd_booted(3)); not so in a chroot or an image build."""
    return Path("/run/systemd/system").is_dir()


def is_active(unit: str) -> bool:
    return _systemctl("is-active", "--quiet", unit).returncode == 0


def alive(units: Sequence[str]) -> list[str]:
    """Which of them run, are about to, or are just leaving."""
    if not units:
        return []
    asked = _systemctl("is-active", "--", *units)
    states = asked.stdout.split()
    if len(states) != len(units):
        raise Failed(asked.stderr.strip() or "systemctl is-active failed")
    return [unit for unit, state in zip(units, states, strict=True) if state not in _AT_REST]


def is_enabled(unit: str) -> bool:
    return _systemctl("is-enabled", "--quiet", unit).returncode == 0


def is_known(unit: str) -> bool:
    return _systemctl("cat", "--", unit).returncode == 0


def enable(unit: str) -> None:
    _must("enable", "--quiet", "--", unit)


def disable(unit: str) -> None:
    _must("disable", "--quiet", "--", unit)


def listens(address: str, port: int) -> bool:
    """Whether a socket of ours is at that address, or at all."""
    shown = _systemctl("list-sockets", "--plain", "--no-legend", "--full", "postroom-*.socket")
    host = f"[{address}]" if ":" in address else address
    everywhere = ("0.0.0.0", "[::]")  # noqa: S104
    return any(f"{one}:{port}" in shown.stdout.split() for one in (host, *everywhere))


def daemon_reload() -> None:
    _must("daemon-reload")


def start(units: Sequence[str]) -> None:
    _on(units, "start")


def reopen(units: Sequence[str]) -> None:
    """Close sockets that may be open, and open them.

    systemd's own restart of a socket does not wait for a service that is just leaving by itself,
    and then refuses to open the socket, which stays closed.
    """
    stop(units)
    start(units)


def restart_if_active(units: Sequence[str]) -> None:
    """Does not wait, as a service ends its sessions first."""
    _on(units, "try-restart", "--no-block")


def stop(units: Sequence[str], *, wait: bool = True) -> None:
    _on(units, "stop", *(() if wait else ("--no-block",)))


def kill(units: Sequence[str]) -> None:
    """End what runs of them at once."""
    _on(units, "kill", "--signal=SIGKILL")


def reset_failed(units: Sequence[str]) -> None:
    """That they were killed is no failure to tell."""
    _on(units, "reset-failed")


def parts(target: str) -> list[str]:
    """The units that stop with ``target``, which a stop of it alone does not wait for."""
    return _systemctl("show", "--value", "--property=ConsistsOf", target).stdout.split()


def failed(units: Sequence[str]) -> str:
    """A line per failed unit."""
    how = ("--failed", "--plain", "--no-legend", "--no-pager")
    return _systemctl("list-units", *how, "--", *units).stdout.strip() if units else ""


def _on(units: Sequence[str], *verb: str) -> None:
    if units:
        _must(*verb, "--", *units)


def _must(*arguments: str) -> None:
    ran = _systemctl(*arguments)
    if ran.returncode != 0:
        raise Failed(ran.stderr.strip() or f"systemctl {arguments[0]} failed")


def _systemctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ("/usr/bin/systemctl", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
