"""What is done from time to time: timers that start nothing while there is nothing to do."""

from collections.abc import Iterator

from postroom_generator.service import Service
from postroom_generator.unit import Unit

_MODULE = "postroom.commands.retry"
# Postfix's own pace for the maildrop, where master.cf has no wakeup time; in seconds.
_PICKUP_SECONDS = 60.0


def retries(service: Service) -> Iterator[Unit]:
    """A timer and what it starts, for the queue manager and for pickup."""
    match service.line.program:
        case "qmgr":
            seconds = service.seconds("queue_run_delay")
            yield from _retry(service, f"{service.instance}-showq.socket", seconds)
        case "pickup":
            seconds = service.line.wakeup or _PICKUP_SECONDS
            yield from _retry(service, f"{service.unit}.socket", seconds)


def _retry(service: Service, socket: str, seconds: float) -> Iterator[Unit]:
    program = f"{service.line.program}-retry"
    values = {
        **service.values,
        "program": program,
        "service": program,
        "module": _MODULE,
        "wakes": service.line.program,
        "sockets": (socket,),
        "seconds": f"{seconds:g}",
    }
    unit = f"{service.instance}-{program}"
    yield Unit(f"{unit}.timer", "retry.timer.j2", values, service.target)
    yield Unit(f"{unit}.service", f"{program}.service.j2", values)
