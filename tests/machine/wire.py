"""A cable between two machines."""

import subprocess

from machine.booted import Machine

INTERFACE = "mail0"


def connect(one: Machine, other: Machine, net: int = 77, *, interface: str = INTERFACE) -> None:
    """``one`` becomes 10.NET.0.1 and fdNET::1, ``other`` the same with 2 (IPv4 /24, IPv6 /64)."""
    ends = [str(machine.container.leader) for machine in (one, other)]
    subprocess.run(
        [
            *("ip", "link", "add", interface, "netns", ends[0], "type", "veth"),
            *("peer", "name", interface, "netns", ends[1]),
        ],
        check=True,
    )
    for number, machine in enumerate((one, other), start=1):
        _configure(machine, interface, f"10.{net}.0.{number}/24", f"fd{net}::{number}/64")


def _configure(machine: Machine, interface: str, *addresses: str) -> None:
    for address in addresses:
        family = (
            ["-6", "addr", "add", address, "nodad"] if ":" in address else ["addr", "add", address]
        )
        machine.run("ip", *family, "dev", interface)
    machine.run("ip", "link", "set", interface, "up")
