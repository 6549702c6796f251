"""What one recipient of the request became: parts with an outcome each, and their sum."""

from typing import NamedTuple

from postroom.delivery.impersonation.tasks import Result
from postroom.mail.envelope import Recipient


class Part(NamedTuple):
    """One place the message went to, or did not; ``logged`` by the agent that took it there.

    A list's ``owner`` hears of it in place of the sender.
    """

    recipient: Recipient
    result: Result
    logged: bool = False
    owner: str = ""

    @property
    def done(self) -> bool:
        return self.result.code.startswith("2")

    @property
    def deferred(self) -> bool:
        return self.result.code.startswith("4")


def worst(parts: list[Part]) -> Result:
    """The result of the whole: later before never before done, so that nothing is given up
    while some of it may still succeed."""
    for digit in "45":
        for part in parts:
            if part.result.code.startswith(digit):
                return part.result
    return parts[0].result if parts else Result("2.0.0", "delivered to all destinations")
