"""What discard does: everybody is served, and nothing leaves."""

from postroom.delivery.attempt import Attempt
from postroom.delivery.reason import settle


async def pretend(attempt: Attempt) -> None:
    """Settle every recipient as delivered, for the reason that is the nexthop."""
    settle("2.0.0", attempt)
