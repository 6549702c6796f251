"""Tables for content, and what the log has when they act."""

from typing import Any

from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID

WHO = "from client.example[192.0.2.1]; from=<a@one.example> to=<b@two.example>"
PEER = f"{WHO} proto=ESMTP helo=<helo.example>"


def rules(*lines: str) -> tuple[str, ...]:
    """A table of its own for each rule: all of them are in one list."""
    return tuple(f"regexp:{{{{{line}}}}}" for line in lines)


def header(action: str) -> dict[str, Any]:
    return {"header_checks": rules(f"/^Subject: x$/ {action}")}


def body(action: str) -> dict[str, Any]:
    return {"body_checks": rules(f"/^x$/ {action}")}


def told(here: Bench) -> list[str]:
    """The log but for the message's name."""
    return [line.removeprefix(f"{ID}: ") for line in here.journal.lines if "message-id" not in line]
