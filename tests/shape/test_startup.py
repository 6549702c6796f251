"""Start-up is part of the service: what a program imports is counted."""

import subprocess
import sys

import pytest

from shape.tree import TOP, daemons

# Modules loaded before the first question is answered. asyncio with ssl and logging is 150 of
# them, msgspec (which in Debian brings json along) and what we wrote the rest.
MAX_MODULES = 340
# These cost tens of milliseconds each (jinja2, dns, http, email, unittest through aiosmtpd).
EXPENSIVE = {"jinja2", "dns", "aiosmtpd", "email.parser", "ctypes", "dataclasses"}
ALLOWED = {
    "lookup.dns": {"dns", "ctypes", "dataclasses", "email.parser"},
    "reception.smtpd": {"aiosmtpd", "email.parser", "dataclasses"},
    "delivery.local": {"ctypes"},
    "delivery.pipe": {"ctypes"},
    "delivery.virtual": {"ctypes"},
}


def _loaded(module: str, *options: str) -> set[str]:
    code = (
        f"import sys; sys.path.insert(0, {str(TOP / 'services')!r})\n"
        f"import {module}\nprint(*sys.modules)"
    )
    command = [sys.executable, *options, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("daemon", daemons())
def test_a_daemon_loads_little_and_nothing_that_is_another_s(daemon: str) -> None:
    loaded = _loaded(f"postroom.{daemon}.__main__")
    assert loaded & (EXPENSIVE - ALLOWED.get(daemon, set())) == set()
    if daemon not in ("lookup.dns", "reception.smtpd"):
        assert len(loaded) <= MAX_MODULES


def test_sendmail_loads_next_to_nothing() -> None:
    loaded = _loaded("postroom.commands.sendmail.command", "-I", "-S")
    assert loaded & {"os", "typing", "enum", "re", "collections", "functools", "socket"} == set()
