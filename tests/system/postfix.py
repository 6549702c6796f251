"""Debian's Postfix in the machine beside (conftest.postfix)."""

from collections.abc import Mapping

from machine import Machine


def start_postfix(machine: Machine, parameters: Mapping[str, str]) -> None:
    """With these parameters."""
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
    machine.run("systemctl", "restart", "postfix")
