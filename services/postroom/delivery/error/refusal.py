"""What error and retry do: one reason for everybody."""

from postroom.delivery.attempt import Attempt
from postroom.delivery.reason import settle
from postroom.mail.status import StatusCode

# error(8): only this name defers; any other service of the program bounces.
RETRY = "retry"


def default_code(service_name: str) -> StatusCode:
    """What a reason without a status code means to this service."""
    return "4.0.0" if service_name == RETRY else "5.0.0"


async def refuse(default: StatusCode, attempt: Attempt) -> None:
    """Settle every recipient with the reason that is the nexthop."""
    settle(default, attempt)
