"""When nothing in the queue is under way: all is delivered, or waits for another time."""

import json

from machine import Machine

_UNDER_WAY = ("maildrop", "incoming", "active")


def settled(machine: Machine) -> list[str] | None:
    """The ids of what waits; None while something is under way."""
    entries = [json.loads(line) for line in machine.run("postqueue", "-j").splitlines()]
    if any(entry["queue_name"] in _UNDER_WAY for entry in entries):
        return None
    return [entry["queue_id"] for entry in entries]


def await_settled(machine: Machine, seconds: float = 60) -> None:
    machine.wait_for("all is settled", lambda: settled(machine) is not None, seconds)
