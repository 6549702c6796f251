"""Unit names are those of systemd-escape(1)."""

import subprocess

import pytest

from postroom_generator.names import escape, unit_name

NAMES = ["smtp", "[::1]:2525", "127.0.0.1:25", "a-b/c", ".hidden", "50%", "a\\b", "grün", "x@y+z"]


@pytest.mark.parametrize("name", NAMES)
def test_escaping_is_that_of_systemd(name: str) -> None:
    asked = subprocess.run(["systemd-escape", "--", name], check=True, stdout=subprocess.PIPE)
    assert escape(name) == asked.stdout.decode().rstrip("\n")


def test_a_service_named_as_its_program_needs_no_instance() -> None:
    assert unit_name("postroom", "cleanup", "cleanup") == "postroom-cleanup"
    assert unit_name("postroom", "smtpd", "smtp") == "postroom-smtpd@smtp"
