"""When nothing in the queue is under way: all is delivered, waits for another time, or is held."""

import json

from machine import Machine

_AT_REST = ("deferred", "hold")


def settled(machine: Machine) -> list[str] | None:
    """The ids of what waits; None while something is under way."""
    entries = [json.loads(line) for line in machine.run("postqueue", "-j").splitlines()]
    if any(entry["queue_name"] not in _AT_REST for entry in entries):
        return None
    return [entry["queue_id"] for entry in entries]


def await_settled(machine: Machine, seconds: float = 60) -> None:
    machine.wait_for("all is settled", lambda: settled(machine) is not None, seconds)
