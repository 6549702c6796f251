"""What a delivery agent says of its request, as it holds for the message: the indexes in a report
are those of the request, and an agent may say anything."""

from collections.abc import Iterable

from msgspec import structs

from postroom.contracts.delivery import Part, Report
from postroom.mail.status import Outcome


def passed(report: Report, recipients: tuple[int, ...]) -> frozenset[int]:
    """Who is handed on to another transport; who has an outcome is not."""
    settled = {outcome.recipient for outcome in report.outcomes}
    inside = (index for index in report.passed if index < len(recipients))
    return frozenset(recipients[index] for index in inside if index not in settled)


def renumbered(outcomes: Iterable[Outcome], recipients: tuple[int, ...]) -> list[Outcome]:
    """With the indexes of the message; those that no recipient of the request has mean nobody."""
    return [
        structs.replace(outcome, recipient=recipients[outcome.recipient])
        for outcome in outcomes
        if outcome.recipient < len(recipients)
    ]


def renumbered_parts(parts: Iterable[Part], recipients: tuple[int, ...]) -> Iterable[Part]:
    for part in parts:
        for outcome in renumbered((part.outcome,), recipients):
            yield structs.replace(part, outcome=outcome)


def complete(recipients: Iterable[int], outcomes: list[Outcome], missing: str) -> Iterable[Outcome]:
    """A recipient without an outcome counts as deferred (contracts/delivery)."""
    known = {outcome.recipient for outcome in outcomes}
    yield from outcomes
    for index in recipients:
        if index not in known:
            yield Outcome(index, "4.3.0", missing)
