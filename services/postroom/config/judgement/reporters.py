"""A queue manager without the services that tell senders what became of their mail."""

from collections.abc import Iterator

from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity

_WITHOUT = {
    "bounce": "mail that cannot be delivered stays in the queue, and nobody is told of it",
    "defer": "nobody is told of mail that is late",
    "trace": "reports that were asked for are not made, and their mail stays in the queue",
}
"""By service, what is missed where master.cf does not have it."""


def missing_reporters(lookup: Lookup) -> Iterator[Problem]:
    if not any(service.program == "qmgr" for service in lookup.services):
        return
    for name, consequence in _WITHOUT.items():
        if name not in lookup.transports:
            text = f"there is no service {name} of type unix: {consequence}"
            yield Problem(Severity.WARNING, lookup.master.path, 0, text)
