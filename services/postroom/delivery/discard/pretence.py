"""What discard does: everybody is served, and nothing leaves."""

from postroom.delivery.attempt import Attempt
from postroom.delivery.reason import parse_reason


async def pretend(attempt: Attempt) -> None:
    """Settle every recipient as delivered, for the reason that is the nexthop."""
    reason = parse_reason(attempt.request.nexthop, "2.0.0")
    attempt.settle_rest(reason.code, reason.text)
